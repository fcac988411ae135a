package cluster

import (
	"crypto/tls"
	"errors"
	"net/url"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var errRedisAddress = errors.New("the address of Redis is not of the form redis://:password@host:6379/0, " +
	"redis://host:26379?master_name=mymaster&addr=host2:26379 (Sentinel) or redis://host:6379?addr=host2:6379 (Cluster)")

// newRedisClient makes a client of what the address names, and connects to nothing yet. A master_name asks Sentinels for the
// server of that name; further addr without it are nodes of a Redis Cluster; else it is one server. The error never repeats
// the address, which may hold a password.
func newRedisClient(dsn string) (redis.UniversalClient, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errRedisAddress
	}
	switch query := u.Query(); {
	case query.Has("master_name"):
		return newSentinelClient(dsn)
	case query.Has("addr"):
		return newClusterClient(dsn)
	}
	o, err := redis.ParseURL(dsn)
	if err != nil {
		return nil, errRedisAddress
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = redisPatience, redisPatience, redisPatience
	o.ContextTimeoutEnabled, o.DisableIdentity, o.MaxRetries = true, true, 1
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), nil
}

func newSentinelClient(dsn string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(dsn)
	if err != nil || o.MasterName == "" {
		return nil, errRedisAddress
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = redisPatience, redisPatience, redisPatience
	o.ContextTimeoutEnabled, o.DisableIdentity, o.MaxRetries = true, true, 1
	eachByItsOwnName(o.TLSConfig)
	return redis.NewFailoverClient(o), nil
}

func newClusterClient(dsn string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(dsn)
	if err != nil {
		return nil, errRedisAddress
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = redisPatience, redisPatience, redisPatience
	o.ContextTimeoutEnabled, o.DisableIdentity, o.MaxRetries = true, true, 1
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	eachByItsOwnName(o.TLSConfig)
	return redis.NewClusterClient(o), nil
}

// eachByItsOwnName has each server's certificate name the address that the server is reached at. The client would have all of them
// name the first that the URL does.
func eachByItsOwnName(secure *tls.Config) {
	if secure != nil {
		secure.ServerName = ""
	}
}
