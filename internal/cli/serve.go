package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"ketnap/internal/viet"
	"ketnap/internal/web"
	"ketnap/internal/workspace"
)

type serveOptions struct {
	listen, prefix, cert, key, metrics string

	https, receive bool
}

func newServe(app *App) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve [THƯ-MỤC...]",
		Short: "Mở trang có đăng nhập trên máy chủ, cho đơn vị và cơ quan",
		Long: "Đơn vị đăng nhập, gửi báo cáo, xem lỗi và biên nhận; cơ quan có bảng theo dõi, tài khoản, nhật ký.\n" +
			"Nhiều thư mục làm việc thì mỗi thư mục ở địa chỉ /<tên thư mục>/. Mật khẩu phát bằng «ketnap account»." +
			exitHelp("đã dừng theo yêu cầu", ""),
		Example: "  ketnap serve -C \"D:\\Kết nạp 2026\"\n" +
			"  ketnap serve -C huyen-a huyen-b --listen 127.0.0.1:8080 --https",
		RunE: func(cmd *cobra.Command, args []string) error { return runServe(cmd.Context(), app, o, args) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "địa chỉ và cổng")
	cmd.Flags().StringVar(&o.prefix, "prefix", "", "đoạn đầu của mọi địa chỉ, như /ketnap, khi đứng sau nginx")
	cmd.Flags().StringVar(&o.cert, "tls-cert", "", "tệp chứng thư TLS (PEM)")
	cmd.Flags().StringVar(&o.key, "tls-key", "", "tệp khóa TLS (PEM)")
	metricsFlag(cmd, &o.metrics)
	cmd.Flags().BoolVar(&o.receive, "receive", false, "chỉ nhận và cấp biên nhận, để các tiến trình «ketnap work» xét (sổ ở PostgreSQL)")
	cmd.Flags().BoolVar(&o.https, "https", false, "đứng sau máy chủ TLS: cookie chỉ gửi qua https")
	return cmd
}

func runServe(ctx context.Context, app *App, o serveOptions, more []string) (err error) {
	if (o.cert == "") != (o.key == "") {
		return usage("Ghi cả --tls-cert và --tls-key, hoặc không ghi cả hai.")
	}
	if o.prefix != "" && (!strings.HasPrefix(o.prefix, "/") || strings.HasSuffix(o.prefix, "/")) {
		return usage("--prefix phải bắt đầu bằng «/» và không kết thúc bằng «/», ví dụ /ketnap.")
	}
	secure := o.https || o.cert != ""
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return usage("--listen: «%s» không phải là địa chỉ và cổng, ví dụ 127.0.0.1:8080.", o.listen)
	}
	if ip := net.ParseIP(host); !secure && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage("Mở ra ngoài máy này mà không có TLS thì mật khẩu đi trên mạng ai cũng đọc được — thêm --tls-cert và --tls-key, " +
			"hoặc để nginx có TLS đứng trước và chỉ nghe ở 127.0.0.1.")
	}
	working := context.WithoutCancel(ctx) // what is in hand is finished
	mux := http.NewServeMux()
	m := newMeters()
	m.health(mux, o.prefix)
	var servers []*web.Server
	var judging []*workspace.Judges
	defer func() { err = errors.Join(err, stopJudging(ctx, judging)) }()
	dirs := append([]string{app.dir}, more...)
	taken := map[string]bool{}
	for _, dir := range dirs {
		one := app.in(dir)
		root := o.prefix
		if len(dirs) > 1 {
			name, err := addressName(dir)
			if err != nil || taken[name] {
				return usage("Không đặt được địa chỉ riêng cho «%s» — đổi tên thư mục, mỗi thư mục một tên.", dir)
			}
			taken[name] = true
			root += "/" + name
		}
		opener := one.opener()
		ws, err := opener.Workspace()
		if err == nil {
			err = ws.PrepareRecord(ctx)
		}
		if err != nil {
			return err
		}
		config := web.Config{Opener: opener, Now: app.Now, Log: one.diary, Root: root}
		if ws.Shared() {
			var record io.Closer
			if config.Memory, record, err = ws.Memory(ctx); err != nil {
				return err
			}
			defer record.Close() // nothing is written through it
			if !o.receive {
				j, err := beginJudging(ctx, opener, m)
				if err != nil {
					return err
				}
				judging = append(judging, j)
			}
		}
		s := web.NewServer(working, config, secure)
		if !ws.Shared() { // there whoever works catches up
			s.CatchUp()
		}
		servers = append(servers, s)
		m.watch(opener)
		mux.Handle(root+"/", m.measured(s.Handler()))
		app.say("%s: %s/", dir, root)
	}
	stop, err := m.listen(o.metrics)
	if err != nil {
		return err
	}
	defer stop()
	return app.listen(ctx, o, mux, m, servers)
}

// addressName is the name of a workspace in addresses: that of its folder, in plain letters.
func addressName(dir string) (string, error) {
	full, err := filepath.Abs(dir)
	words := strings.FieldsFunc(filepath.Base(full), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	for i := range words {
		words[i] = url.PathEscape(viet.Bare(words[i]))
	}
	name := strings.Join(words, "-")
	if err == nil && name == "" {
		err = errors.New("nothing is left of the name")
	}
	return name, err
}

// listen serves until it is asked to stop; what is in hand then is finished.
func (app *App) listen(ctx context.Context, o serveOptions, h http.Handler, m *meters, servers []*web.Server) error {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return &workspace.UsageError{Cause: err, Sentence: fmt.Sprintf("Không mở được %s — chọn cổng khác bằng --listen.", o.listen)}
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	failed := make(chan error, 1)
	go func() {
		if o.cert != "" {
			failed <- server.ServeTLS(listener, o.cert, o.key)
		} else {
			failed <- server.Serve(listener)
		}
	}()
	app.say("Đang phục vụ ở %s. Dừng: Ctrl-C.", listener.Addr())
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	m.stopping.Store(true)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := server.Shutdown(end); err != nil { // somebody still sends: what has a receipt is safe
		err = server.Close()
		if err != nil {
			return fmt.Errorf("stop serving: %w", err)
		}
	}
	for _, s := range servers {
		s.Wait()
	}
	return nil
}
