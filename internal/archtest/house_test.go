package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// root is the module's root as seen from this package.
const root = "../.."

func sources(t *testing.T) []source {
	t.Helper()
	all, err := readSources(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("read %d files, which cannot be the whole house", len(all))
	}
	return all
}

func TestEveryArrowIsInTheMap(t *testing.T) {
	for _, s := range sources(t) {
		from := s.dir
		allowed, known := mayImport[from]
		if !known {
			t.Errorf("%s: package %s is not in the map", s.name, from)
			continue
		}
		for _, p := range s.imports() {
			if !strings.HasPrefix(p, module) {
				continue
			}
			to := room(p)
			if to == from || slices.Contains(allowed, to) || (len(allowed) == 1 && allowed[0] == "*") {
				continue
			}
			t.Errorf("%s: %s may not import %s", s.name, from, to)
		}
	}
}

func TestOnlyCmdImportsGraphAndGraphStaysOutOfTheCellar(t *testing.T) {
	for _, s := range sources(t) {
		for _, p := range s.imports() {
			to := strings.TrimPrefix(p, module)
			if strings.HasPrefix(to, "graph") && s.dir != "cmd/roundhouse" && s.dir != "graph" {
				t.Errorf("%s imports %s; only cmd may", s.name, to)
			}
			if s.dir == "graph" && slices.Contains(notForGraph, to) {
				t.Errorf("%s: graph may not import %s", s.name, to)
			}
		}
	}
}

func TestNoCircle(t *testing.T) {
	arrows := map[string][]string{}
	for _, s := range sources(t) {
		for _, p := range s.imports() {
			if strings.HasPrefix(p, module) {
				if to := room(p); to != s.dir && !slices.Contains(arrows[s.dir], to) {
					arrows[s.dir] = append(arrows[s.dir], to)
				}
			}
		}
	}
	state := map[string]int{}
	var walk func(at string, way []string)
	walk = func(at string, way []string) {
		switch state[at] {
		case 1:
			t.Errorf("circle: %s", strings.Join(append(way, at), " → "))
			return
		case 2:
			return
		}
		state[at] = 1
		for _, to := range arrows[at] {
			walk(to, append(way, at))
		}
		state[at] = 2
	}
	for at := range arrows {
		walk(at, nil)
	}
}

func TestTheCoreNeedsTheStandardLibraryOnly(t *testing.T) {
	for _, s := range sources(t) {
		if !slices.Contains(standardOnly, s.dir) {
			continue
		}
		for _, p := range s.imports() {
			if !strings.HasPrefix(p, module) && strings.Contains(strings.Split(p, "/")[0], ".") {
				t.Errorf("%s imports %s", s.name, p)
			}
		}
	}
}

func TestTheEnvironmentIsReadInCmdOnly(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.dir, "cmd/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "Setenv"}, sel.Sel.Name) {
				if s.dir == "internal/database/databasetest" || s.dir == "internal/cluster/redistest" {
					return true // they ask which servers the tests are to use, and whether one may be left out
				}
				t.Errorf("%s: os.%s outside cmd", s.fset.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

func TestNamesSayWhatAThingIs(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains(forbiddenNames, path.Base(s.dir)) || slices.Contains(forbiddenNames, s.file.Name.Name) {
			t.Errorf("%s: the package's name says nothing", s.name)
		}
		for _, decl := range s.file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				name := spec.(*ast.TypeSpec).Name.Name
				for _, ending := range forbiddenEndings {
					if strings.HasSuffix(name, ending) {
						t.Errorf("%s: type %s", s.name, name)
					}
				}
			}
		}
	}
}

func TestEachPackageHasOneComment(t *testing.T) {
	comments := map[string][]string{}
	for _, s := range sources(t) {
		if _, ok := comments[s.dir]; !ok {
			comments[s.dir] = nil
		}
		if s.file.Doc != nil {
			comments[s.dir] = append(comments[s.dir], s.name)
		}
	}
	for dir, files := range comments {
		if len(files) != 1 {
			t.Errorf("%s has %d package comments: %v", dir, len(files), files)
		}
	}
}

func TestNoInitAndNoMutablePackageVariable(t *testing.T) {
	for _, s := range sources(t) {
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s has an init", s.name)
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					if v := spec.(*ast.ValueSpec); !constantInSpirit(v) && !isEmbedded(d.Doc) && !isEmbedded(v.Doc) {
						t.Errorf("%s: package variable %s can change", s.fset.Position(v.Pos()), v.Names[0].Name)
					}
				}
			}
		}
	}
}

// isEmbedded reports whether the compiler fills the variable with a file.
func isEmbedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constantInSpirit admits what is written once where it stands: sentinel errors, literal tables, compiled expressions,
// interface guards and embedded file systems.
func constantInSpirit(v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" {
		return true
	}
	if len(v.Values) == 0 {
		sel, ok := v.Type.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, _ := sel.X.(*ast.Ident)
		return pkg != nil && pkg.Name == "embed"
	}
	switch x := v.Values[0].(type) {
	case *ast.CompositeLit, *ast.BasicLit, *ast.FuncLit:
		return true
	case *ast.UnaryExpr:
		_, literal := x.X.(*ast.CompositeLit)
		return literal
	case *ast.CallExpr:
		return true
	case *ast.Ident, *ast.SelectorExpr, *ast.BinaryExpr:
		return true
	}
	return false
}

func TestFilesAndFunctionsFitTheHead(t *testing.T) {
	const longestFile, longestFunction, mostParameters = 500, 80, 6
	for _, s := range sources(t) {
		if n := s.fset.File(s.file.Pos()).LineCount(); n > longestFile {
			t.Errorf("%s has %d lines", s.name, n)
		}
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line; n > longestFunction {
				t.Errorf("%s: %s has %d lines", s.name, f.Name.Name, n)
			}
			if s.dir == "graph" && strings.HasSuffix(s.name, ".resolvers.go") {
				continue // the schema decides how many arguments a resolver takes
			}
			if n := f.Type.Params.NumFields(); n > mostParameters {
				t.Errorf("%s: %s takes %d parameters", s.name, f.Name.Name, n)
			}
		}
	}
}

func TestEveryMapLineHasItsPackage(t *testing.T) {
	for dir := range mayImport {
		if !exists(path.Join(root, dir)) {
			t.Errorf("the map names %s, which does not exist", dir)
		}
	}
}
