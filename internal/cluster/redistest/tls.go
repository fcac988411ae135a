package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority vouches for the addresses of this machine, one certificate for each, and is one that nobody else trusts. A nil
// one has servers speak in clear.
type Authority struct {
	// File is the authority's own certificate.
	File string

	t       testing.TB
	private *ecdsa.PrivateKey
	self    *x509.Certificate
}

// NewAuthority returns an authority that lives as long as the test.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{t: t, File: filepath.Join(t.TempDir(), "authority.pem"), private: newKey(t)}
	a.self = &x509.Certificate{IsCA: true, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, Subject: pkix.Name{CommonName: "authority of a test"}}
	a.sign(a.self, a.private, a.File)
	return a
}

// StartTLS returns a server that speaks TLS alone, and the file of the authority that vouches for it.
func StartTLS(t testing.TB) (s *Server, authority string) {
	t.Helper()
	a := NewAuthority(t)
	s = a.New()
	s.Start()
	return s, a.File
}

// New returns a server that is not started and speaks TLS alone.
func (a *Authority) New(args ...string) *Server {
	a.t.Helper()
	s := New(a.t, args...)
	a.secure(s)
	return s
}

// secure makes the server speak TLS alone, to its replicas, masters and Sentinels too.
func (a *Authority) secure(s *Server) {
	if a == nil {
		return
	}
	a.t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	dir, key := a.t.TempDir(), newKey(a.t)
	certificate, secret := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "redis of a test"}, IPAddresses: []net.IP{net.ParseIP(host)}}, key, certificate)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(secret, "PRIVATE KEY", der)
	s.args = append(s.args, "--port", "0", "--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file", secret,
		"--tls-ca-cert-file", a.File, "--tls-auth-clients", "no", "--tls-replication", "yes")
	s.speaks = &tls.Config{RootCAs: a.Pool()}
}

// Pool trusts the authority alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.self)
	return pool
}

// sign completes the certificate and writes it.
func (a *Authority) sign(c *x509.Certificate, key *ecdsa.PrivateKey, name string) {
	a.t.Helper()
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, c, a.self, key.Public(), a.private)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	*c = *made
	a.write(name, "CERTIFICATE", der)
}

func (a *Authority) write(name, kind string, der []byte) {
	a.t.Helper()
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
