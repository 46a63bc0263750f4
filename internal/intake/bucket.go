package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/semaphore"
)

// Bucket is an archive in a bucket of an S3 server: prefix/abcdef…, no extension, the note under
// the name head. Whatever the server says, bytes are believed when their SHA-256 has been taken.
type Bucket struct {
	client  *minio.Core
	bucket  string
	prefix  string // "", or with its slash
	maxSize int64
	hand    *semaphore.Weighted // bytes that are held to be sent
	// Patience is how long a question may take, and 300 pauses before it is put again.
	Patience time.Duration
}

// What a bucket costs at most: times that a question is put, and bytes held to be sent. A file
// that is larger goes alone.
const (
	tries  = 3
	inHand = 64 << 20
)

// OpenBucket is the bucket that s3://host/bucket/prefix?region=…&tls=off means; the server is not
// asked yet. The keys to it are those of the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY),
// else of the file that other programs for S3 read (~/.aws/credentials, AWS_SHARED_CREDENTIALS_FILE).
func OpenBucket(at *url.URL, maxSize int64) (*Bucket, error) {
	bucket, prefix, _ := strings.Cut(strings.Trim(path.Clean(at.Path), "/"), "/")
	if at.Scheme != "s3" || at.Host == "" || bucket == "" || bucket == "." {
		return nil, errors.New("no s3://host/bucket")
	}
	if prefix != "" {
		prefix += "/"
	}
	region, secure := "us-east-1", true // what servers of one's own answer to
	for key, values := range at.Query() {
		switch value := values[0]; {
		case key == "region" && value != "":
			region = value
		case key == "tls" && (value == "on" || value == "off"):
			secure = value == "on"
		default:
			return nil, fmt.Errorf("%s=%s is not known here", key, value)
		}
	}
	client, err := minio.NewCore(at.Host, &minio.Options{
		Creds:  credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}),
		Secure: secure, Region: region, Transport: transport(), MaxRetries: 1,
	})
	if err != nil {
		return nil, err
	}
	return &Bucket{
		client: client, bucket: bucket, prefix: prefix, maxSize: maxSize,
		hand: semaphore.NewWeighted(inHand), Patience: time.Minute,
	}, nil
}

// transport is one for all: the connections of a bucket that is opened again are used again.
var transport = sync.OnceValue(func() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression, t.MaxIdleConnsPerHost = true, 32
	return t
})

// Keep is of Archive. A copy that was sent is read back.
func (b *Bucket) Keep(ctx context.Context, open Opener) (sum string, size int64, err error) {
	if sum, size, err = Sum(ctx, open); err != nil || size > b.maxSize {
		return sum, size, err
	}
	there, err := b.has(ctx, sum)
	if err != nil || there {
		return sum, size, err
	}
	if err := b.hand.Acquire(ctx, min(size, inHand)); err != nil {
		return "", 0, err
	}
	defer b.hand.Release(min(size, inHand))
	data := bytes.NewBuffer(make([]byte, 0, size))
	if _, _, err := copied(ctx, open, data, sum); err != nil {
		return "", 0, err
	}
	if err := b.put(ctx, sum, data.Bytes(), sum); err != nil {
		return "", 0, err
	}
	if there, err = b.has(ctx, sum); err == nil && !there {
		err = fmt.Errorf("%w: archived file %.12s", ErrUnsound, sum)
	}
	return sum, size, err
}

// Settle is of Archive: what was read back is safe.
func (*Bucket) Settle([]string) error { return nil }

// Open is of Archive. The copy is read whole: one that has not its SHA-256 is ErrAltered.
func (b *Bucket) Open(ctx context.Context, sum string) (Original, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("open archived file: %q is no SHA-256", sum)
	}
	data, err := b.read(ctx, sum)
	if err == nil {
		err = whole(data, sum)
	}
	if err != nil {
		return nil, err
	}
	return download{bytes.NewReader(data), sum}, nil
}

// download is a stored copy in memory, a file of that name.
type download struct {
	*bytes.Reader
	name string
}

func (f download) Stat() (fs.FileInfo, error) { return f, nil }
func (download) Close() error                 { return nil }
func (f download) Name() string               { return f.name }
func (download) Mode() fs.FileMode            { return 0o400 }
func (download) ModTime() time.Time           { return time.Time{} }
func (download) IsDir() bool                  { return false }
func (download) Sys() any                     { return nil }

// has reads a stored copy, and reports whether there is one that has its SHA-256.
func (b *Bucket) has(ctx context.Context, sum string) (whole bool, err error) {
	digest := sha256.New()
	err = b.get(ctx, sum, func(r io.Reader) error {
		digest.Reset()
		_, err := copyThrough(digest, r)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && hex.EncodeToString(digest.Sum(nil)) == sum, err
}

// Sums is of Archive. What else lies there is none of ours.
func (b *Bucket) Sums(ctx context.Context) (sums []string, err error) {
	last := ""
	err = b.ask(ctx, "list the archive", func(ctx context.Context) error {
		for o := range b.client.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true, StartAfter: last}) {
			if o.Err != nil {
				return o.Err
			}
			last = o.Key
			if sum := strings.TrimPrefix(o.Key, b.prefix); isSum(sum) {
				sums = append(sums, sum)
			}
		}
		return ctx.Err() // the list ends with it
	})
	slices.Sort(sums)
	return sums, err
}

// Remove is of Archive: where the bucket keeps versions, all of them go.
func (b *Bucket) Remove(ctx context.Context, sum string) error {
	name := b.prefix + sum
	return b.ask(ctx, "remove from the archive", func(ctx context.Context) error {
		if err := b.client.RemoveObject(ctx, b.bucket, name, minio.RemoveObjectOptions{}); err != nil {
			return err
		}
		for o := range b.client.ListObjectsIter(ctx, b.bucket, minio.ListObjectsOptions{Prefix: name, WithVersions: true}) {
			if minio.ToErrorResponse(o.Err).StatusCode == http.StatusNotImplemented {
				return nil // the server knows no versions
			}
			if o.Err != nil {
				return o.Err
			}
			if err := b.client.RemoveObject(ctx, b.bucket, name, minio.RemoveObjectOptions{VersionID: o.VersionID}); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// Note is of Archive.
func (b *Bucket) Note(ctx context.Context, line string) error {
	digest := sha256.Sum256([]byte(line))
	return b.put(ctx, noteName, []byte(line), hex.EncodeToString(digest[:]))
}

// Noted is of Archive.
func (b *Bucket) Noted(ctx context.Context) (string, error) {
	line, err := b.read(ctx, noteName)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(line), err
}

// put sends a whole object; the server refuses it when it is not what arrives.
func (b *Bucket) put(ctx context.Context, name string, data []byte, sum string) error {
	return b.ask(ctx, "send to the archive", func(ctx context.Context) error {
		// The sum is of the whole and ours, not of each piece, which not every server knows.
		options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true}
		_, err := b.client.PutObject(ctx, b.bucket, b.prefix+name, bytes.NewReader(data), int64(len(data)), "", sum, options)
		return err
	})
}

// read is a whole object.
func (b *Bucket) read(ctx context.Context, name string) (data []byte, err error) {
	err = b.get(ctx, name, func(r io.Reader) (err error) {
		data, err = io.ReadAll(r)
		return err
	})
	return data, err
}

// get reads an object with use, which begins again when it is called again. One that is not
// there is fs.ErrNotExist.
func (b *Bucket) get(ctx context.Context, name string, use func(io.Reader) error) error {
	return b.ask(ctx, "read from the archive", func(ctx context.Context) error {
		body, _, _, err := b.client.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		defer body.Close() // nothing is written to it
		return use(body)
	})
}

// ask puts a question to the server, again where it was not reached or did not answer whole, and
// says what is wrong with its answer.
func (b *Bucket) ask(ctx context.Context, doing string, question func(ctx context.Context) error) error {
	var err error
	for try := range tries {
		if try > 0 {
			select {
			case <-time.After(b.Patience / 300 << (try - 1)):
			case <-ctx.Done():
			}
		}
		one, cancel := context.WithTimeout(ctx, b.Patience)
		err = meaning(question(one))
		cancel()
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", doing, ctx.Err())
		}
		if !errors.Is(err, ErrUnreachable) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// meaning is what an error of a question is to us, nil for none.
func meaning(err error) error {
	if err == nil {
		return nil
	}
	kind := ErrUnreachable
	var said minio.ErrorResponse
	if errors.As(err, &said) {
		switch {
		case said.Code == "NoSuchKey":
			kind = fs.ErrNotExist
		case said.Code == "NoSuchBucket":
			kind = ErrNoBucket
		case said.StatusCode == http.StatusForbidden || said.StatusCode == http.StatusUnauthorized:
			kind = ErrRefused
		}
	}
	return fmt.Errorf("%w: %w", kind, err)
}
