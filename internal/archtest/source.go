package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// module is the prefix of our own import paths.
const module = "roundhouse/"

// source is one Go file of ours that is not a test and not generated.
type source struct {
	// dir is the package's folder below the module's root, name the file's path below it.
	dir, name string
	file      *ast.File
	fset      *token.FileSet
}

// imports are the paths the file imports.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// room maps an import path of ours to the package the map speaks of: everything generated below ent counts as ent.
func room(importPath string) string {
	p := strings.TrimPrefix(importPath, module)
	switch {
	case strings.HasPrefix(p, "ent/"):
		return "ent"
	case strings.HasPrefix(p, "graph/"):
		return "graph"
	}
	return p
}

// readSources parses every hand-written Go file below root. Nested modules are houses of their own and left out.
func readSources(root string) ([]source, error) {
	var sources []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch {
			case name == root:
				return nil
			case strings.HasPrefix(entry.Name(), "."), entry.Name() == "node_modules", entry.Name() == "generated", entry.Name() == "testdata":
				return filepath.SkipDir
			case exists(filepath.Join(name, "go.mod")):
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		sources = append(sources, source{dir: path.Dir(rel), name: rel, file: file, fset: fset})
		return nil
	})
	return sources, err
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
