package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"

	"ketnap/internal/workspace"
)

// meters are what a server tells of itself to whoever looks after it: figures for Prometheus, without
// names of anybody, and whether it can serve.
type meters struct {
	registry *prometheus.Registry
	judged   *prometheus.HistogramVec // seconds from the receipt to the end of judging, by how it ended
	asked    *prometheus.HistogramVec // seconds until a request was answered, by status
	held     prometheus.Histogram     // seconds that a judgement held the lock
	jobs     *prometheus.Desc
	bytes    *prometheus.Desc
	stopping atomic.Bool

	mu      sync.Mutex // guards watched
	watched []*workspace.Opener
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		judged: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ketnap_judged_seconds", Help: "Seconds from the receipt of a submission to the end of its judging.",
			Buckets: []float64{0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800},
		}, []string{"result"}),
		asked: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ketnap_request_seconds", Help: "Seconds until a request was answered.",
			Buckets: []float64{0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20},
		}, []string{"code"}),
		held: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "ketnap_settled_seconds", Help: "Seconds that a judgement was recorded and settled, while others wait for the lock.",
			Buckets: []float64{0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5},
		}),
		bytes: prometheus.NewDesc("ketnap_record_bytes", "Bytes that the records take in the database.", nil, nil),
		jobs:  prometheus.NewDesc("ketnap_jobs", "Judgements in the queue, by their state.", []string{"state"}, nil),
	}
	m.registry.MustRegister(m, m.judged, m.asked, m.held, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func metricsFlag(cmd *cobra.Command, address *string) {
	cmd.Flags().StringVar(address, "metrics", "", "địa chỉ và cổng riêng cho số đo (Prometheus), như 127.0.0.1:9090; không ghi thì không mở")
}

// watch tells of one more workspace.
func (m *meters) watch(opener *workspace.Opener) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watched = append(m.watched, opener)
}

// every does something in every workspace that is watched, as long as a check may take.
func (m *meters) every(do func(context.Context, *workspace.Workspace) error) error {
	m.mu.Lock()
	watched := m.watched
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, opener := range watched {
		ws, err := opener.Workspace()
		if err == nil {
			err = do(ctx, ws)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Describe and Collect are what Prometheus asks of figures that stand in the database.
func (m *meters) Describe(to chan<- *prometheus.Desc) {
	to <- m.jobs
	to <- m.bytes
}

// Collect counts the jobs of all workspaces.
func (m *meters) Collect(to chan<- prometheus.Metric) {
	all := map[string]int64{}
	var bytes int64
	err := m.every(func(ctx context.Context, ws *workspace.Workspace) error {
		if !ws.Shared() {
			return nil
		}
		states, err := ws.Waits(ctx)
		for state, n := range states {
			all[state] += n
		}
		if err == nil {
			var size int64
			size, err = ws.Size(ctx)
			bytes += size
		}
		return err
	})
	if err != nil { // the rest is told all the same
		return
	}
	to <- prometheus.MustNewConstMetric(m.bytes, prometheus.GaugeValue, float64(bytes))
	for state, n := range all {
		to <- prometheus.MustNewConstMetric(m.jobs, prometheus.GaugeValue, float64(n), state)
	}
}

// health answers whether the process lives, and whether it can serve: its records can be asked, and
// it was not told to stop.
func (m *meters) health(mux *http.ServeMux, prefix string) {
	mux.HandleFunc("GET "+prefix+"/song", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "song") })
	mux.HandleFunc("GET "+prefix+"/san-sang", func(w http.ResponseWriter, _ *http.Request) {
		if m.stopping.Load() || m.every(func(ctx context.Context, ws *workspace.Workspace) error { return ws.Ready(ctx) }) != nil {
			http.Error(w, "chua san sang", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "san sang")
	})
}

// measured counts the answers of a handler.
func (m *meters) measured(h http.Handler) http.Handler {
	return promhttp.InstrumentHandlerDuration(m.asked, h)
}

// listen answers on a listener of its own, where the figures are nobody else's business; "" is none.
func (m *meters) listen(address string) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &workspace.UsageError{Cause: err, Sentence: fmt.Sprintf("Không mở được %s — chọn cổng khác bằng --metrics.", address)}
	}
	mux := http.NewServeMux()
	m.health(mux, "")
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	return func() { _ = server.Close() }, nil
}
