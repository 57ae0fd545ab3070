// The server of `vethwork serve tcp` as one writes it in Go: a goroutine for each client, the log package, and the
// same answer. It is what bench/serve_vs_go compares with.
//
//	go run main.go [ADDRESS:PORT]
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

const (
	bufferSize = 4096
	idleLimit  = 5 * time.Second
)

func serve(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, bufferSize)
	for {
		conn.SetDeadline(time.Now().Add(idleLimit))
		size, err := conn.Read(buffer)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				log.Printf("read: %s", err)
			}
			return
		}
		log.Printf("received: %q (size_bytes=%d)", strings.TrimSpace(string(buffer[:size])), size)
		stamp := time.Now().Format("2006-01-02 15:04:05")
		if _, err := fmt.Fprintf(conn, "[%s] %s", stamp, buffer[:size]); err != nil {
			log.Printf("write: %s", err)
			return
		}
	}
}

func main() {
	address := "0.0.0.0:4078"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening at %s (tcp)...", listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}
