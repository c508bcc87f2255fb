{{- define "trailbell.name" -}}
{{- if contains "trailbell" .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-trailbell" (.Release.Name | trunc 42 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* Prometheus' job is the first of these: rules/prometheus asks for it. */}}
{{- define "trailbell.selector" -}}
app.kubernetes.io/name: trailbell
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "trailbell.labels" -}}
{{ include "trailbell.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "trailbell.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "trailbell.rulesMap" -}}
{{- .Values.rules.existingConfigMap | default (printf "%s-rules" (include "trailbell.name" .)) -}}
{{- end -}}

{{- define "trailbell.serviceAccount" -}}
{{- $name := .Values.serviceAccount.name -}}
{{- if .Values.serviceAccount.create -}}{{ $name | default (include "trailbell.name" .) }}
{{- else -}}{{ $name | default "default" }}{{- end -}}
{{- end -}}

{{- define "trailbell.hasRules" -}}
{{- if or .Values.rules.files .Values.rules.existingConfigMap -}}true{{- end -}}
{{- end -}}

{{/* A member's name; the namespace, as a group may have members in several. */}}
{{- define "trailbell.member" -}}{{ .Release.Namespace }}-${POD_NAME}{{- end -}}

{{/* trailbell.yaml: what the chart needs, with `config` on top. */}}
{{- define "trailbell.config" -}}
{{- $base := dict
      "metrics" (dict "listen" (printf "0.0.0.0:%d" (int .Values.metrics.port)))
      "quarantine" (dict "path" "/var/lib/trailbell/quarantine") -}}
{{- if include "trailbell.hasRules" . -}}
{{- $_ := set $base "rules" (dict "paths" (list "/etc/trailbell/rules")) -}}
{{- end -}}
{{- if and .Values.staticMembership .Values.config.source.kafka -}}
{{- $ms := mul .Values.sessionTimeoutSeconds 1000 -}}
{{- $_ := set $base "source" (dict "kafka" (dict "properties"
      (dict "group.instance.id" (include "trailbell.member" .) "session.timeout.ms" $ms))) -}}
{{- end -}}
{{- $config := deepCopy .Values.config -}}
{{- if not (or .Values.config.source.kafka .Values.config.source.s3 .Values.config.source.file) -}}
{{- fail "config.source: say where records come from: kafka, s3 or file" -}}
{{- end -}}
{{- if dig "quarantine" "kafka" "" $config -}}{{- $_ := unset $base "quarantine" -}}{{- end -}}
{{- if eq (dig "delivery" "guarantee" "" $config) "exactly_once" -}}
{{- $instance := printf "trailbell-%s" (include "trailbell.member" .) -}}
{{- $_ := set $base "delivery" (dict "instance" $instance) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $base $config) -}}
{{- end -}}
