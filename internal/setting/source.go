package setting

// Origin says where a value in force comes from.
type Origin string

// The origins.
const (
	FromDefault     Origin = "DEFAULT"
	FromEnvironment Origin = "ENVIRONMENT"
	FromSetting     Origin = "SETTING"
	FromGroup       Origin = "GROUP"
)

// Source is one setting's value in force and where it comes from. Secrets are masked.
type Source struct {
	Name, Value string
	Origin      Origin
	// Inherited is what would be in force without the group's override.
	Inherited string
}

// Sources tells of every setting that has a value here; with overrides those of a group, of which only what it may override.
func Sources(v Values, overrides map[string]string, ofGroup bool) []Source {
	defaults := Defaults()
	effective := Effective(v, overrides)
	var sources []Source
	for _, f := range fields {
		if f.Type == List || (ofGroup && !f.GroupOverride) {
			continue
		}
		s := Source{
			Name:      f.Name,
			Value:     Shown(f.Name, effective.Text(f.Name)),
			Origin:    FromDefault,
			Inherited: Shown(f.Name, v.Text(f.Name)),
		}
		if _, ok := overrides[f.Name]; ok {
			s.Origin = FromGroup
		} else if v.Text(f.Name) != defaults.Text(f.Name) {
			s.Origin = FromSetting
		} else if f.Name == "proxyUrl" {
			// Empty takes HTTP_PROXY and its kin.
			s.Origin = FromEnvironment
		}
		sources = append(sources, s)
	}
	return sources
}
