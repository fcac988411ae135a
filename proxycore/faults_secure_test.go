package proxycore_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// certified is a certificate for the name, by itself when there is no authority.
func certified(t *testing.T, name string, until time.Time, by *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: until, IsCA: by == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	parent, signer := template, any(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestU05_NoKeyIsSentToWhoCannotProveItsName(t *testing.T) {
	later := time.Now().Add(time.Hour)
	ca := certified(t, "authority", later, nil)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	names.set("secure.test", net.IPv4(127, 0, 0, 1))
	speak := func(cert tls.Certificate) func(*actor) {
		return func(a *actor) {
			c := tls.Server(a.Conn, &tls.Config{Certificates: []tls.Certificate{cert}})
			a.Conn, a.reader = c, bufio.NewReader(c)
			wellBehaved(a)
		}
	}
	for _, row := range []struct {
		name   string
		scene  func(*actor)
		status int
	}{
		{"trusted", speak(certified(t, "secure.test", later, &ca)), 200},
		{"expired", speak(certified(t, "secure.test", time.Now().Add(-time.Hour), &ca)), 502},
		{"wrong name", speak(certified(t, "other.test", later, &ca)), 502},
		{"self-signed", speak(certified(t, "secure.test", later, nil)), 502},
		{"plaintext", func(a *actor) {
			a.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			sent, _ := io.ReadAll(a.reader)
			if strings.Contains(string(sent), "key-of-test") {
				t.Error("the key was sent in clear")
			}
		}, 502},
		{"a handshake that stalls", (*actor).untilLeft, 504},
	} {
		t.Run(row.name, func(t *testing.T) {
			up := openStage(t, row.scene)
			_, port, _ := net.SplitHostPort(up.Addr().String())
			group := groupAt(t, 2, "https://secure.test:"+port)
			group.Settings.ConnectTimeout, group.Settings.MaxRetries = 10*time.Second, 1
			if row.status == 504 {
				group.Settings.ConnectTimeout = 500 * time.Millisecond
			}
			r := newRig(t, proxycore.Options{TLS: &tls.Config{RootCAs: roots}}, group)
			r.wantStatus(r.chat(), row.status)
			if asked := up.hits(); row.status != 200 && asked != 0 {
				t.Errorf("%d requests were sent", asked)
			}
			r.wantNeutral(2)
		})
	}
}
