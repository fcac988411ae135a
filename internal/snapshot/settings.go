package snapshot

import (
	"fmt"
	"time"

	"roundhouse/internal/setting"
	"roundhouse/proxycore"
)

// ToCore translates the settings in force for a group. The error names the setting that cannot be read.
func ToCore(v setting.Values) (proxycore.Settings, error) {
	failover, err := proxycore.ParseStatusSet(v.FailoverStatusCodes)
	if err != nil {
		return proxycore.Settings{}, fmt.Errorf("failoverStatusCodes: %w", err)
	}
	blacklist, err := proxycore.ParseStatusSet(v.BlacklistStatusCodes)
	if err != nil {
		return proxycore.Settings{}, fmt.Errorf("blacklistStatusCodes: %w", err)
	}
	return proxycore.Settings{
		RequestTimeout:        seconds(v.RequestTimeout),
		ConnectTimeout:        seconds(v.ConnectTimeout),
		ResponseHeaderTimeout: seconds(v.ResponseHeaderTimeout),
		IdleConnTimeout:       seconds(v.IdleConnTimeout),
		StreamIdleTimeout:     seconds(v.StreamIdleTimeout),
		Cooldown:              seconds(v.CooldownSeconds),
		MaxIdleConns:          v.MaxIdleConns,
		MaxIdleConnsPerHost:   v.MaxIdleConnsPerHost,
		MaxRetries:            v.MaxRetries,
		BlacklistThreshold:    v.BlacklistThreshold,
		ProxyURL:              v.ProxyURL,
		Failover:              failover,
		Blacklist:             blacklist,
		LogBodies:             v.EnableRequestBodyLogging,
	}, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
