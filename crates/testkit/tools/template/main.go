// Command template renders Go templates as the Sealed Secrets controller does, for tests that compare.
//
// It reads one JSON object a line on standard input and answers each with one line on standard output, so a caller
// may ask again after it has read an answer. What cannot be read ends it with exit code 1.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/template"

	// Zones as Go ships them, whatever this machine has.
	_ "time/tzdata"

	"github.com/Masterminds/sprig/v3"
)

// request has one of its three fields.
type request struct {
	// Render is a template and the values it sees.
	Render *struct {
		Template []byte            `json:"template"`
		Data     map[string][]byte `json:"data"`
	} `json:"render"`
	// Describe is a text with PEM blocks.
	Describe []byte `json:"describe"`
	// Functions asks for the names of all functions besides Go's own.
	Functions bool `json:"functions"`
}

// answer has one of its fields.
type answer struct {
	// Output is what was rendered, or the description.
	Output []byte `json:"output"`
	// Error is why there is no output.
	Error string `json:"error,omitempty"`
	// Functions are names, sorted.
	Functions []string `json:"functions,omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "template:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	functions := allowed()
	decoder := json.NewDecoder(bufio.NewReader(in))
	decoder.DisallowUnknownFields()
	encoder := json.NewEncoder(out)
	for {
		var request request
		switch err := decoder.Decode(&request); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading a request: %w", err)
		}
		if err := encoder.Encode(reply(functions, request)); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
}

// allowed returns sprig's functions without those that Sealed Secrets takes out.
func allowed() template.FuncMap {
	functions := sprig.GenericFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	return functions
}

func reply(functions template.FuncMap, request request) answer {
	switch {
	case request.Functions:
		return answer{Functions: slices.Sorted(maps.Keys(functions))}
	case request.Render != nil:
		data := map[string]string{}
		for key, value := range request.Render.Data {
			data[key] = string(value)
		}
		output, err := render(functions, string(request.Render.Template), data)
		if err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Output: output}
	default:
		return answer{Output: describe(request.Describe)}
	}
}

func render(functions template.FuncMap, text string, data map[string]string) (output []byte, err error) {
	// text/template passes runtime errors on, which would end a controller; a comparison goes on.
	defer func() {
		if panicked := recover(); panicked != nil {
			output, err = nil, fmt.Errorf("panic: %v", panicked)
		}
	}()
	parsed, err := template.New("key").Funcs(functions).Parse(text)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	if err := parsed.Execute(&buffer, data); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
