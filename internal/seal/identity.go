package seal

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// KeyIdentity names a pooled key's text in its group.
func KeyIdentity(groupID int64, digest Digest) string {
	return string(AppendKeyIdentity(nil, groupID, digest))
}

// AppendKeyIdentity appends a KeyIdentity to dst.
func AppendKeyIdentity(dst []byte, groupID int64, digest Digest) []byte {
	dst = strconv.AppendInt(append(dst, "key/"...), groupID, 10)
	return hex.AppendEncode(append(dst, '/'), digest[:])
}

// HeaderRuleIdentity names the value that a group sets a header to.
func HeaderRuleIdentity(groupID int64, header string) string {
	return "header/" + strconv.FormatInt(groupID, 10) + "/" + strings.ToLower(header)
}

// ProxyURLIdentity names a group's own proxy URL.
func ProxyURLIdentity(groupID int64) string { return "proxy-url/" + strconv.FormatInt(groupID, 10) }

// SettingIdentity names the value of a secret setting.
func SettingIdentity(name string) string { return "setting/" + name }

// Fingerprint is the first twelve hex digits of a digest: for eyes and links, never to act on.
func Fingerprint(digest Digest) string { return hex.EncodeToString(digest[:6]) }

// hidden stands for what a masked secret does not show, whatever its length.
const hidden = "****"

// Mask shows a secret's first and last characters, four of each at most and never more than a third of it; one too short
// to show both ends is hidden wholly. The result is 12 characters at most.
func Mask(secret string) string {
	secret = strings.ToValidUTF8(secret, "?")
	shown := min(utf8.RuneCountInString(secret)/3, 8)
	if shown < 2 {
		return hidden
	}
	head, tail := 0, len(secret)
	for range shown - shown/2 {
		_, size := utf8.DecodeRuneInString(secret[head:])
		head += size
	}
	for range shown / 2 {
		_, size := utf8.DecodeLastRuneInString(secret[:tail])
		tail -= size
	}
	return secret[:head] + hidden + secret[tail:]
}
