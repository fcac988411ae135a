package auth

import (
	"encoding/json"
	"errors"
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// largestSignIn bounds the body of POST /session.
const largestSignIn = 4 << 10

// SessionHandler serves /session: POST {"authKey"} signs in, GET says whether the request is signed in, DELETE signs out.
func (a *Admin) SessionHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch r.Method {
		case http.MethodPost:
			a.signIn(w, r)
		case http.MethodGet, http.MethodHead:
			a.signedIn(w, r)
		case http.MethodDelete:
			cookie, err := a.SignOut(r.Context(), r)
			a.answer(w, r, cookie, err)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST, DELETE")
			say(w, http.StatusMethodNotAllowed, "use POST to sign in, GET to ask, DELETE to sign out")
		}
	})
}

func (a *Admin) signIn(w http.ResponseWriter, r *http.Request) {
	// A page elsewhere can make a browser post forms and plain text, but JSON only after asking, which we do not grant.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		say(w, http.StatusUnsupportedMediaType, "send application/json")
		return
	}
	var body struct {
		AuthKey string `json:"authKey"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestSignIn)).Decode(&body); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			say(w, http.StatusRequestEntityTooLarge, "the body is larger than 4 KiB")
			return
		}
		say(w, http.StatusBadRequest, `send {"authKey": "…"}`) // the decoder's words could repeat the key
		return
	}
	if body.AuthKey == "" {
		say(w, http.StatusBadRequest, `send {"authKey": "…"}`)
		return
	}
	cookie, err := a.SignIn(r.Context(), r, body.AuthKey)
	a.answer(w, r, cookie, err)
}

func (a *Admin) signedIn(w http.ResponseWriter, r *http.Request) {
	_, err := a.Check(r)
	if err != nil && !errors.Is(err, ErrSignedOut) && !errors.Is(err, ErrWrongKey) {
		a.Refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]bool{"signedIn": err == nil})
}

func (a *Admin) answer(w http.ResponseWriter, r *http.Request, cookie *http.Cookie, err error) {
	if err != nil {
		a.Refuse(w, r, err)
		return
	}
	http.SetCookie(w, cookie)
	w.WriteHeader(http.StatusNoContent)
}

// Guard lets a request through that Check admits, with its actor in the context, and refuses any other. A socket that may
// show its key only after it is open does not belong behind it; see CheckInit.
func (a *Admin) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, err := a.Check(r)
		if err != nil {
			a.Refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(a.o.WithActor(r.Context(), actor)))
	})
}

// Refuse answers with what an error of Check, CheckInit, SignIn or SignOut means: 401, 429 with Retry-After, or 503 when the
// database could not be asked, which alone is logged.
func (a *Admin) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Cache-Control", "no-store")
	var throttled *Throttled
	switch {
	case errors.As(err, &throttled):
		w.Header().Set("Retry-After", seconds(throttled.RetryAfter))
		say(w, http.StatusTooManyRequests, throttled.Error())
	case errors.Is(err, ErrSignedOut), errors.Is(err, ErrWrongKey):
		w.Header().Set("WWW-Authenticate", `Bearer realm="Roundhouse"`)
		say(w, http.StatusUnauthorized, err.Error())
	default:
		if r.Context().Err() == nil {
			a.o.Logger.ErrorContext(r.Context(), "an administrator could not be told from others", "error", err)
		}
		w.Header().Set("Retry-After", "1")
		say(w, http.StatusServiceUnavailable, "the session could not be checked; try again")
	}
}

// seconds rounds up, so that who waits as told does not come too early.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// say answers in the shape that GraphQL clients read too.
func say(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"message": message}}})
}
