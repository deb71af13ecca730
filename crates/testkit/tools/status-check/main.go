// Command status-check judges statuses of Kubernetes objects as GitOps tools do.
//
// It reads a JSON list of samples on standard input and writes a JSON list of verdicts, in the same order, to
// standard output. A sample that cannot be judged ends it with exit code 1 and a message that names the sample.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/runtime/cel"
	"github.com/fluxcd/pkg/runtime/conditions"
	"github.com/fluxcd/pkg/runtime/conditions/check"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kerrors "k8s.io/apimachinery/pkg/util/errors"
)

type sample struct {
	Name             string                            `json:"name"`
	Object           json.RawMessage                   `json:"object"`
	HealthCheckExprs *kustomize.HealthCheckExpressions `json:"healthCheckExprs"`
	// Whether the object is in the middle of a reconciliation: Flux has fewer rules for these.
	InProgressSet bool `json:"inProgressSet"`
}

type verdict struct {
	Name    string `json:"name"`
	Kstatus string `json:"kstatus"`
	// Null without expressions.
	Cel         *string  `json:"cel"`
	Conformance []string `json:"conformance"`
	Warnings    []string `json:"warnings"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "status-check:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var samples []sample
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&samples); err != nil {
		return fmt.Errorf("reading the samples: %w", err)
	}
	verdicts := make([]verdict, 0, len(samples))
	for _, sample := range samples {
		verdict, err := judge(sample)
		if err != nil {
			return fmt.Errorf("judging the sample %q: %w", sample.Name, err)
		}
		verdicts = append(verdicts, verdict)
	}
	return json.NewEncoder(out).Encode(verdicts)
}

func judge(sample sample) (verdict, error) {
	// Not encoding/json: kstatus and the evaluator want whole numbers as int64, not float64.
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(sample.Object); err != nil {
		return verdict{}, fmt.Errorf("reading the object: %w", err)
	}
	kstatus, err := status.Compute(object)
	if err != nil {
		return verdict{}, fmt.Errorf("asking kstatus: %w", err)
	}
	evaluated, err := evaluate(object, sample.HealthCheckExprs)
	if err != nil {
		return verdict{}, err
	}
	failures, warnings := conform(object, sample.InProgressSet)
	return verdict{
		Name:        sample.Name,
		Kstatus:     kstatus.Status.String(),
		Cel:         evaluated,
		Conformance: messages(failures),
		Warnings:    messages(warnings),
	}, nil
}

// evaluate returns nil without expressions. An expression that fails on the object is "Error: …", on which Flux
// goes on waiting; one that does not parse is an error.
func evaluate(object *unstructured.Unstructured, expressions *kustomize.HealthCheckExpressions) (*string, error) {
	if expressions == nil {
		return nil, nil
	}
	evaluator, err := cel.NewStatusEvaluator(expressions)
	if err != nil {
		return nil, fmt.Errorf("reading the health check expressions: %w", err)
	}
	var text string
	if result, err := evaluator.Evaluate(context.Background(), object); err != nil {
		text = "Error: " + err.Error()
	} else {
		text = result.Status.String()
	}
	return &text, nil
}

func conform(object *unstructured.Unstructured, inProgress bool) (failures, warnings error) {
	negative := &check.Conditions{
		NegativePolarity: []string{meta.StalledCondition, meta.ReconcilingCondition},
	}
	checker := check.NewChecker(nil, negative)
	if inProgress {
		checker = check.NewInProgressChecker(nil)
	}
	// The sample is all there is: no client to read the object again with.
	checker.DisableFetch = true
	return checker.Check(context.Background(), conditions.UnstructuredGetter(object))
}

func messages(err error) []string {
	all := []string{}
	var several kerrors.Aggregate
	switch {
	case err == nil:
	case errors.As(err, &several):
		for _, one := range several.Errors() {
			all = append(all, one.Error())
		}
	default:
		all = append(all, err.Error())
	}
	return all
}
