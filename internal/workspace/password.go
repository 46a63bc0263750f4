package workspace

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
)

// What a hash of today costs; a stored one carries what it was made with.
const (
	hashTime    = 2
	hashMemory  = 19 << 10 // KiB
	hashThreads = 1
)

// hashing bounds how many passwords are hashed at once: each takes memory and time, and whoever
// guesses must not take it from those who send. Half of the processors are left to them.
var hashing = semaphore.NewWeighted(int64(max(1, runtime.GOMAXPROCS(0)/2)))

// hashPassword is what is stored of a password.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	key, err := derive(ctx, password, salt, hashTime, hashMemory, hashThreads)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThreads,
		encode(salt), encode(key)), nil
}

// samePassword reports whether a password is the one that was stored. "" is none, and takes as
// long to tell.
func samePassword(ctx context.Context, password, stored string) (bool, error) {
	var version, memory, time, threads int
	var salt, want []byte
	parts := strings.Split(stored, "$")
	good := len(parts) == 6 && parts[1] == "argon2id"
	if good {
		_, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads)
		good = err == nil && version == argon2.Version && memory > 0 && memory <= 1<<20 && time > 0 && threads > 0 && threads < 256
	}
	if good {
		var errs [2]error
		salt, errs[0] = base64.RawStdEncoding.DecodeString(parts[4])
		want, errs[1] = base64.RawStdEncoding.DecodeString(parts[5])
		good = errs == [2]error{} && len(want) == keyLength
	}
	if !good {
		salt, want, time, memory, threads = make([]byte, 16), make([]byte, keyLength), hashTime, hashMemory, hashThreads
	}
	got, err := derive(ctx, password, salt, time, memory, threads)
	return good && subtle.ConstantTimeCompare(got, want) == 1, err
}

const keyLength = 32

func derive(ctx context.Context, password string, salt []byte, time, memory, threads int) ([]byte, error) {
	if err := hashing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer hashing.Release(1)
	return argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(threads), keyLength), nil
}

// newPassword is one to be handed out on paper: letters and digits that are not taken for one
// another, 58 bits.
func newPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789" // 31
	var b strings.Builder
	for b.Len() < 14 { // 12 of them in threes of four
		if b.Len()%5 == 4 {
			b.WriteByte('-')
		}
		var one [1]byte
		for rand.Read(one[:]); int(one[0]) >= 256/len(letters)*len(letters); rand.Read(one[:]) { // even chances
		}
		b.WriteByte(letters[int(one[0])%len(letters)])
	}
	return b.String()
}
