//! Files that lie beside manifests in every repository and are none: known by their names.
//!
//! Invariant: only what is no Kubernetes object is passed over by its file's name.

/// What a file of this name is for, as a note; `None` if its name says nothing.
pub(super) fn of(file: &str) -> Option<&'static str> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let yaml = matches!(extension, "yaml" | "yml");
    Some(match stem {
        "kustomization" if yaml || extension.is_empty() => KUSTOMIZATION,
        "chart" | "requirements" if yaml => {
            "describes a Helm chart, and is passed over: what the chart makes is not seen here. \
                                             Check the output of `helm template`"
        }
        "values" if yaml || extension == "json" => VALUES,
        _ if (stem.starts_with("values-") || stem.starts_with("values.") || stem.ends_with("-values")) && yaml => {
            VALUES
        }
        "values.schema" if extension == "json" => VALUES,
        "helmfile" | "fleet" | "skaffold" | "taskfile" | "docker-compose" | "compose" | "mkdocs" if yaml => TOOL,
        "package" | "package-lock" | "renovate" | "tsconfig" if extension == "json" => TOOL,
        _ => return None,
    })
}

/// What is said of a kustomization.
pub(super) const KUSTOMIZATION: &str = "is a kustomization, and is passed over: what it generates or patches is not seen here. \
                                        Check what it makes with `kustomize build DIR | tenant-contacts check -`";

const VALUES: &str = "holds values of a Helm chart, and is passed over: what the chart makes of them is not seen here. Check \
                      the output of `helm template`";

const TOOL: &str = "belongs to another tool, and is passed over";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_neighbours_are_known_by_their_names() {
        for name in [
            "kustomization.yaml",
            "prod/kustomization.yml",
            "Kustomization",
            "Chart.yaml",
            "values.yaml",
            "values-prod.yaml",
            "values.schema.json",
            "helmfile.yaml",
            "a\\package.json",
        ] {
            assert!(of(name).is_some(), "{name}");
        }
        for name in
            ["tenant.yaml", "kustomization.json.yaml", "users.yml", "my-chart.yaml", "contoso.json", "value.yaml"]
        {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
