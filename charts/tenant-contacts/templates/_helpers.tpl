{{/* The name of everything that belongs to this release alone. */}}
{{- define "tenant-contacts.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What finds this release's pods. Never changes: a Deployment's selector cannot. */}}
{{- define "tenant-contacts.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "tenant-contacts.labels" -}}
{{ include "tenant-contacts.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The image; a digest wins over the tag. */}}
{{- define "tenant-contacts.image" -}}
{{- $image := printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $image .Values.image.digest -}}
{{- else -}}
{{- $image -}}
{{- end -}}
{{- end -}}

{{/* What the schema cannot say in words that help. Prints nothing. */}}
{{- define "tenant-contacts.check" -}}
{{- if not .Values.tenantNamespaces -}}
{{- fail "\n\ntenantNamespaces is empty: name the namespaces with Tenants that this release serves, for example\n  --set 'tenantNamespaces[0].name=contoso'\nThe operator gets rights in these namespaces and in no other." -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.tenantNamespaces -}}
{{- if has .name $names -}}
{{- fail (printf "\n\ntenantNamespaces names %s twice: put its secrets and serviceAccounts into one entry" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- if ne (empty .Values.endpoints.login) (empty .Values.endpoints.graph) -}}
{{- fail "\n\nendpoints: give both login and graph, or none: a token of one service is for no other" -}}
{{- end -}}
{{- $ours := include "tenant-contacts.labels" . | fromYaml -}}
{{- range $label, $_ := .Values.podLabels -}}
{{- if hasKey $ours $label -}}
{{- fail (printf "\n\npodLabels: %s is the chart's own label, by which the Deployment, the Service and the network policy find the pods: take another one" $label) -}}
{{- end -}}
{{- end -}}
{{- with .Values.releaseAfter -}}
{{- $hours := regexFind "[0-9]+h" . | trimSuffix "h" | default "0" | int -}}
{{- $minutes := regexFind "[0-9]+m" . | trimSuffix "m" | default "0" | int -}}
{{- $seconds := regexFind "[0-9]+s" . | trimSuffix "s" | default "0" | int -}}
{{- if lt (add (mul $hours 3600) (mul $minutes 60) $seconds) 10 -}}
{{- fail (printf "\n\nreleaseAfter: %s is less than the 10s that the operator takes: two reads that agree are five seconds apart" .) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.simulate .Values.endpoints.graph -}}
{{- fail "\n\nsimulate and endpoints exclude each other: either the embedded tenant answers, or another service does" -}}
{{- end -}}
{{- end -}}
