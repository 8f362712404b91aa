# On this image the compiler's own target is musl, on x86_64 as on aarch64, so that the binary is static.
# By digest, so that what is built today is what was built before; the tag is for people. The digest is of the image's index, for
# x86_64 and aarch64. A new one comes with a new tool chain, and is looked up with `docker buildx imagetools inspect`.
FROM rust:1.95.0-alpine@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
# The compiler of the image; rust-toolchain.toml also asks for the tools of a developer.
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_INCREMENTAL=0
# The simulated tenant is not part of what runs in a cluster. `--build-arg FEATURES=simulator` makes an image that can be tried
# without a tenant.
ARG FEATURES=""
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    target="$(uname -m)-unknown-linux-musl" \
    && cargo build --locked --profile dist --no-default-features --features "$FEATURES" \
        --package tenant-contacts --bin tenant-contacts --target "$target" \
    && cp "target/$target/dist/tenant-contacts" /tenant-contacts

# No shell, no libraries: the binary, and the public certificate authorities that it trusts.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /tenant-contacts /tenant-contacts
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/tenant-contacts"]
