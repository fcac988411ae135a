package graph

import (
	"strconv"

	"roundhouse/graph/generated"
	"roundhouse/internal/setting"
)

// settingTexts turns what a caller wrote into the registry's texts; nil stays nil and sets the default again. What is a list
// is no setting of the registry and left out.
func settingTexts(in map[string]any) setting.Changes {
	changes := setting.Changes{}
	for name, value := range in {
		switch v := value.(type) {
		case *int:
			changes[name] = textOf(v, strconv.Itoa)
		case *bool:
			changes[name] = textOf(v, strconv.FormatBool)
		case *string:
			changes[name] = v
		}
	}
	return changes
}

// textOf is nil for nil.
func textOf[T any](v *T, format func(T) string) *string {
	if v == nil {
		return nil
	}
	text := format(*v)
	return &text
}

// overridesView are a group's overrides; what is inherited is left out and shows as null.
func overridesView(overrides map[string]string) map[string]any {
	effective := setting.Effective(setting.Values{}, overrides)
	view := map[string]any{}
	for name, text := range overrides {
		if view[name] = effective.Value(name); name == "proxyUrl" {
			view[name] = setting.Shown(name, text)
		}
	}
	return view
}

// effectiveView are the settings in force for a group; an aggregate has only what rules a whole request.
func effectiveView(v setting.Values, aggregate bool) *generated.EffectiveSettings {
	view := &generated.EffectiveSettings{
		EnableRequestBodyLogging: v.EnableRequestBodyLogging,
		RequestTimeout:           v.RequestTimeout,
		StreamIdleTimeout:        v.StreamIdleTimeout,
		MaxRetries:               v.MaxRetries,
	}
	if aggregate {
		return view
	}
	proxy := setting.Shown("proxyUrl", v.ProxyURL)
	view.ConnectTimeout, view.IdleConnTimeout, view.ResponseHeaderTimeout = &v.ConnectTimeout, &v.IdleConnTimeout, &v.ResponseHeaderTimeout
	view.MaxIdleConns, view.MaxIdleConnsPerHost, view.ProxyURL = &v.MaxIdleConns, &v.MaxIdleConnsPerHost, &proxy
	view.BlacklistThreshold, view.CooldownSeconds = &v.BlacklistThreshold, &v.CooldownSeconds
	view.FailoverStatusCodes, view.BlacklistStatusCodes = &v.FailoverStatusCodes, &v.BlacklistStatusCodes
	view.KeyValidationIntervalMinutes, view.KeyValidationConcurrency = &v.KeyValidationIntervalMinutes, &v.KeyValidationConcurrency
	view.KeyValidationTimeoutSeconds = &v.KeyValidationTimeoutSeconds
	return view
}

func sourceView(s setting.Source) *generated.SettingValue {
	return &generated.SettingValue{Name: s.Name, Value: s.Value, Origin: generated.SettingOrigin(s.Origin), Inherited: s.Inherited}
}

func fieldView(f setting.Field) *generated.SettingDefinition {
	view := &generated.SettingDefinition{
		Name: f.Name, Category: f.Category, Type: generated.SettingType(f.Type), Label: f.Label, Description: f.Description,
		Default: f.Default, Unit: optional(f.Unit), GroupOverride: f.GroupOverride,
	}
	if f.Type == setting.Int {
		view.Min, view.Max = &f.Min, &f.Max
	}
	return view
}
