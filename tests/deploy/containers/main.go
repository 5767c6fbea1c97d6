// What Docker's own libraries say of our files, without an engine:
//
//	containers compose FILE…      loads them as `docker compose --profile '*' config` does, and prints what was understood
//	containers dockerfile FILE    parses it as `docker build` does, with the checks of `docker build --check` that need no image
//
// Exits with 1 and says why where they are refused, or where there is a warning.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	read := map[string]func([]string) error{"compose": compose, "dockerfile": dockerfile}[os.Args[1]]
	if err := read(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compose(files []string) error {
	options, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithProfiles([]string{"*"}))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	text, err := project.MarshalJSON()
	fmt.Println(string(text))
	return err
}

func dockerfile(files []string) error {
	file, err := os.Open(files[0])
	if err != nil {
		return err
	}
	defer file.Close()
	parsed, err := parser.Parse(file)
	if err != nil {
		return err
	}
	warned := 0
	warn := func(rule, description, url, text string, _ []parser.Range) {
		warned++
		fmt.Fprintln(os.Stderr, rule, text)
	}
	for _, warning := range parsed.Warnings {
		warn("parser", "", "", warning.Short, nil)
	}
	if _, _, err = instructions.Parse(parsed.AST, linter.New(&linter.Config{Warn: warn})); err == nil && warned > 0 {
		err = fmt.Errorf("%d warnings", warned)
	}
	return err
}
