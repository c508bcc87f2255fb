// The barest program that gets objects of S3: libcurl's multi interface, and nothing is done with
// what comes.
//
// Usage: bench_s3_peer CONCURRENCY < URLS   prints {"objects":N,"bytes":N,"seconds":S}
// What stands behind a "!" is a listing: it is got too, and not counted.
#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

std::size_t bytes = 0;

std::size_t drop(char*, std::size_t size, std::size_t count, void* counts) {
  bytes += counts != nullptr ? size * count : 0;
  return size * count;
}

void begin(CURLM* all, CURL* one, const std::string& url) {
  const bool is_listing = url.front() == '!';
  curl_easy_setopt(one, CURLOPT_WRITEDATA, is_listing ? nullptr : all);
  curl_easy_setopt(one, CURLOPT_URL, url.c_str() + (is_listing ? 1 : 0));
  curl_multi_add_handle(all, one);
}

int fail(const char* what) {
  std::fprintf(stderr, "bench_s3_peer: %s\n", what);
  return 1;
}

}  // namespace

int main(int count, char** words) {
  const int concurrency = count == 2 ? std::atoi(words[1]) : 0;
  std::vector<std::string> urls;
  std::size_t listings = 0;
  for (std::string line; std::getline(std::cin, line);) {
    listings += line.starts_with('!') ? 1 : 0;
    urls.push_back(line);
  }
  if (concurrency < 1 || urls.empty()) {
    return fail("usage: bench_s3_peer CONCURRENCY < URLS");
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* const all = curl_multi_init();
  curl_multi_setopt(all, CURLMOPT_MAXCONNECTS, static_cast<long>(concurrency));
  const auto began = std::chrono::steady_clock::now();
  std::size_t next = 0;
  std::size_t got = 0;
  for (int i = 0; i < concurrency && next < urls.size(); ++i) {
    CURL* const one = curl_easy_init();
    curl_easy_setopt(one, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(one, CURLOPT_FAILONERROR, 1L);
    begin(all, one, urls[next++]);
  }
  for (int running = 1; running > 0 || got < urls.size();) {
    curl_multi_perform(all, &running);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(all, &left)) {
      CURL* const one = message->easy_handle;
      if (message->data.result != CURLE_OK) {
        return fail(curl_easy_strerror(message->data.result));
      }
      ++got;
      curl_multi_remove_handle(all, one);
      if (next < urls.size()) {
        begin(all, one, urls[next++]);
        running = 1;
      } else {
        curl_easy_cleanup(one);
      }
    }
    if (got < urls.size()) {
      curl_multi_poll(all, nullptr, 0, 100, nullptr);
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("{\"objects\":%zu,\"bytes\":%zu,\"seconds\":%.6f}\n", got - listings, bytes,
              took.count());
  curl_multi_cleanup(all);
  return 0;
}
