import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * The broker's side of OAUTHBEARER: asks the test, over HTTP, what it thinks of a token. The answer
 * is "MILLISECONDS PRINCIPAL" (when it ends, and whom it stands for), or a status that is not 200.
 */
public class TokenChecker implements AuthenticateCallbackHandler {
  private String judge;

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
    judge = (String) entries.get(0).getOptions().get("judge");
  }

  @Override
  public void handle(Callback[] callbacks) throws IOException {
    for (Callback each : callbacks) {
      if (each instanceof OAuthBearerValidatorCallback asked) {
        judge(asked);
      } // else the broker asks for a token of its own, which it needs for nothing
    }
  }

  private void judge(OAuthBearerValidatorCallback asked) throws IOException {
    var to = (HttpURLConnection) URI.create(judge).toURL().openConnection();
    to.setDoOutput(true);
    to.getOutputStream().write(asked.tokenValue().getBytes(StandardCharsets.UTF_8));
    if (to.getResponseCode() != 200) {
      asked.error("invalid_token", null, null);
      return;
    }
    String[] answer =
        new String(to.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split(" ");
    asked.token(new Judged(asked.tokenValue(), Long.parseLong(answer[0]), answer[1]));
  }

  private record Judged(String value, long lifetimeMs, String principalName)
      implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public Long startTimeMs() {
      return null;
    }
  }

  @Override
  public void close() {}
}
