package workspace_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The faults of this file happen below the program: its system calls are stopped
// before the kernel sees them, and there the process is killed, or the call fails as a
// broken disk would make it fail. Nothing in the program knows of it.

// connects is what opens a connection; its path says to what.
const connects = "connect"

// Numbers of the system calls by which a program changes or reads a disk.
var diskCalls = map[uint64]string{
	0: "read", 17: "pread", 1: "write", 18: "pwrite", 20: "writev", 74: "fsync", 75: "fdatasync", 77: "ftruncate", 285: "fallocate",
	2: "open", 82: "rename", 83: "mkdir", 87: "unlink",
	42:  connects,
	257: "open", 258: "mkdir", 263: "unlink", 264: "rename", 316: "rename", // these have a folder before the path
}

// call is a system call that is about to happen.
type call struct {
	name string // as in diskCalls; an open is one that may make a file
	path string // of the file, "" when it is not below the folder watched
	to   string // of a rename, the name the file gets
}

// writes reports whether the call changes the disk.
func (c call) writes() bool {
	return c.path != "" && c.name != "read" && c.name != "pread" && c.name != connects
}

// decision is what becomes of a call.
type decision struct {
	kill  bool
	errno syscall.Errno // fails with it, not done
	short bool          // a write is cut in half
}

// traced runs a command to its end or death; each call on files below the folder is
// put to decide before it happens.
func traced(t *testing.T, cmd *exec.Cmd, folder string, decide func(call) decision) (exit int, killed bool) {
	t.Helper()
	type outcome struct {
		exit   int
		killed bool
		err    error
	}
	done := make(chan outcome)
	go func() { // a thread of its own: it alone is the tracer
		runtime.LockOSThread()
		exit, killed, err := trace(cmd, folder, decide)
		done <- outcome{exit, killed, err}
	}()
	o := <-done
	if errors.Is(o.err, syscall.EPERM) {
		t.Skipf("system calls cannot be watched here: %v", o.err)
	}
	if o.err != nil {
		t.Fatal(o.err)
	}
	return o.exit, o.killed
}

const (
	noThreads  = 0x20000000 // __WNOTHREAD: children of this thread only
	killOnExit = 0x100000   // PTRACE_O_EXITKILL
)

func trace(cmd *exec.Cmd, folder string, decide func(call) decision) (exit int, killed bool, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return 0, false, err
	}
	pid := cmd.Process.Pid
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &ws, syscall.WALL, nil); err != nil {
		return 0, false, err
	}
	if err := syscall.PtraceSetOptions(pid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|killOnExit); err != nil {
		return 0, false, err
	}
	if err := syscall.PtraceSyscall(pid, 0); err != nil {
		return 0, false, err
	}
	inside := map[int]bool{}           // threads in a system call
	failing := map[int]syscall.Errno{} // of them, those that are to fail
	for {
		tid, err := syscall.Wait4(-1, &ws, syscall.WALL|noThreads, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return 0, killed, err
		}
		switch {
		case ws.Exited() && tid == pid:
			return ws.ExitStatus(), killed, nil
		case ws.Signaled() && tid == pid:
			return -1, true, nil
		case !ws.Stopped():
			continue
		}
		signal := 0
		switch stop := ws.StopSignal(); {
		case stop == syscall.SIGTRAP|0x80:
			inside[tid] = !inside[tid]
			var regs syscall.PtraceRegs
			if inside[tid] {
				if err := syscall.PtraceGetRegs(tid, &regs); err != nil {
					break // it was killed meanwhile
				}
				c, ours := about(pid, tid, folder, &regs)
				if !ours {
					break
				}
				switch d := decide(c); {
				case d.kill:
					_ = syscall.Kill(pid, syscall.SIGKILL)
					killed = true
				case d.errno != 0:
					failing[tid] = d.errno
					regs.Orig_rax = ^uint64(0) // no such call: nothing is done
					_ = syscall.PtraceSetRegs(tid, &regs)
				case d.short:
					regs.Rdx = (regs.Rdx + 1) / 2
					_ = syscall.PtraceSetRegs(tid, &regs)
				}
			} else if errno, ok := failing[tid]; ok {
				delete(failing, tid)
				if err := syscall.PtraceGetRegs(tid, &regs); err == nil {
					regs.Rax = uint64(-int64(errno))
					_ = syscall.PtraceSetRegs(tid, &regs)
				}
			}
		case stop == syscall.SIGTRAP, stop == syscall.SIGSTOP: // a thread was made
		default:
			signal = int(stop)
		}
		// A thread may be gone by now; the next Wait4 tells of the rest.
		_ = syscall.PtraceSyscall(tid, signal)
	}
}

// about says what a call is about to do; ours is false for one that is not on a file
// below the folder.
func about(pid, tid int, folder string, regs *syscall.PtraceRegs) (c call, ours bool) {
	name, known := diskCalls[regs.Orig_rax]
	if !known {
		return call{}, false
	}
	switch name {
	case connects: // to an address whose first two bytes are its family
		var family [8]byte
		if _, err := syscall.PtracePeekData(tid, uintptr(regs.Rsi), family[:]); err != nil {
			return call{}, false
		}
		c = call{name: name, path: fmt.Sprint("family ", binary.NativeEndian.Uint16(family[:]))}
		if c.path == "family 1" { // a socket with a name on this computer
			c.path = text(tid, uintptr(regs.Rsi)+2)
		}
		return c, true
	case "open", "unlink", "mkdir", "rename":
		path, flags := regs.Rdi, regs.Rsi
		if regs.Orig_rax >= 257 {
			path, flags = regs.Rsi, regs.Rdx
		}
		if name == "open" && flags&syscall.O_CREAT == 0 {
			return call{}, false
		}
		c = call{name: name, path: text(tid, uintptr(path))}
		if regs.Orig_rax == 82 {
			c.to = text(tid, uintptr(flags))
		} else if name == "rename" {
			c.to = text(tid, uintptr(regs.R10))
		}
	default:
		path, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "fd", strconv.Itoa(int(regs.Rdi))))
		if err != nil {
			return call{}, false
		}
		c = call{name: name, path: path}
	}
	return c, strings.HasPrefix(c.path, folder)
}

// text is a string in the memory of a stopped thread.
func text(tid int, at uintptr) string {
	var b []byte
	var word [8]byte
	for len(b) < 4096 {
		if _, err := syscall.PtracePeekData(tid, at+uintptr(len(b)), word[:]); err != nil {
			return ""
		}
		if end := strings.IndexByte(string(word[:]), 0); end >= 0 {
			return string(append(b, word[:end]...))
		}
		b = binary.NativeEndian.AppendUint64(b, binary.NativeEndian.Uint64(word[:]))
	}
	return ""
}
