#!/bin/sh
# Prints the Secrets that nobody else makes:   deploy/k8s/secrets.sh FOLDER | kubectl apply --namespace parvis -f -
# FOLDER keeps what they are made of. Give it a backup: without its platform.key every channel must be connected anew.
# What is there already is used as it is; the networks' apps are yours to write: FOLDER/facebook-app-id, facebook-app-secret, instagram-app-secret, linkedin-app-id, linkedin-app-secret, x-app-secret, x-client-id, x-client-secret.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder that keeps keys and passwords}
umask 077
mkdir -p "$folder"
own="$here/../../.venv/bin/parvis" # of a checkout; elsewhere the one on the PATH
[ -x "$own" ] || own=parvis
"${PARVIS:-$own}" keys "$folder" >&2

kept() { # the word in FOLDER/$1; a fresh one the first time
    [ -s "$folder/$1" ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$folder/$1"
    printf '  %s: %s\n' "$2" "$(base64 <"$folder/$1" | tr -d '\n')"
}

secret() {
    printf -- '---\napiVersion: v1\nkind: Secret\nmetadata: {name: %s, labels: {app.kubernetes.io/part-of: parvis}}\ndata:\n' "$1"
}

secret parvis-keys
for key in platform.pub platform.key commands.pub commands.key; do kept "$key" "$key"; done
secret parvis-secrets
for word in operator-key facebook-app-secret facebook-verify-token instagram-app-secret instagram-verify-token linkedin-app-secret x-app-secret; do kept "$word" "$word"; done
for word in facebook-app-id linkedin-app-id x-client-id x-client-secret smtp-url; do if [ -s "$folder/$word" ]; then kept "$word" "$word"; fi; done
secret parvis-mongo-passwords
kept mongo-operator operator
for settings in "$here"/base/*/own.yaml; do
    service=$(basename "$(dirname "$settings")")
    kept "mongo-$service" "$service"
done
