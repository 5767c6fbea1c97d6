// A Kubernetes API server and its etcd in one program: `kubernetes etcd …`, `kubernetes apiserver …`.
// Manifests are admitted or refused as a cluster would; no pod runs.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	which := os.Args[1]
	os.Args = append([]string{which}, os.Args[2:]...)
	if which == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}
