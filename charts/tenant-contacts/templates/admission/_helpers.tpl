{{/*
The end of every refusal: who may, and how to get the right. A CEL expression that gives text. Takes the verb and the
resource, as (dict "verb" "approve" "resource" "tenants"); a "role" where another one than that of administrators has it.
*/}}
{{- define "tenant-contacts.refusal" -}}
'needs the verb ' + '{{ .verb }}' + ' on {{ .resource }}.tenantcontacts.dev, which ' + request.userInfo.username
+ ' does not have in namespace ' + request.namespace + '. An administrator of the cluster gives it with a role that has it:'
+ ' kubectl create rolebinding NAME --namespace=' + request.namespace
+ ' --clusterrole=tenant-contacts-{{ .role | default "tenant-admin" }} --user=' + request.userInfo.username
{{- end -}}

{{/* Whether the one who asks holds the verb on this object. A CEL expression. */}}
{{- define "tenant-contacts.permitted" -}}
authorizer.group('tenantcontacts.dev').resource('{{ .resource }}').namespace(request.namespace)
  .name(object.metadata.?name.orValue('')).check('{{ .verb }}').allowed()
{{- end -}}

{{/* The binding of a policy: everywhere, and refusing. */}}
{{- define "tenant-contacts.policyBinding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "tenant-contacts.labels" .root | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [Deny]
{{- end -}}
