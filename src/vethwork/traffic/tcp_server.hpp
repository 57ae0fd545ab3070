// A TCP server for many clients: it answers every payload, or echoes every byte.
//
// TCP has no payloads, so one is defined here. What a client has sent is a payload, answered once and whole,
// when
//   - it is one line of at most 4,096 bytes, its newline the last byte that has arrived: at once; or
//   - the client has sent nothing more for 0.2 s; or
//   - the client has closed its sending side (a half-close, as `nc -q1` and `vethwork send` do): at once.
// So a keep-alive client may send line after line, and a payload of a megabyte is answered with one stamp.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>

#include <vethwork/traffic/serve_options.hpp>

namespace vethwork {

/// Whether `bytes` are one line: a newline at the end and nowhere else, 4,096 bytes at most.
[[nodiscard]] bool is_one_line(std::string_view bytes);

class TcpServer {
public:
    /// A stamped payload may be so large; a client that sends more is closed. Echo has no limit.
    static constexpr std::size_t payload_limit = 64u << 20;
    static constexpr Duration payload_pause = std::chrono::milliseconds(200);

    /// Listens and logs it. `loop` and `log` outlive the server.
    [[nodiscard]] static Result<std::unique_ptr<TcpServer>> listen(EventLoop& loop, ServerLog& log,
                                                                   Endpoint const& endpoint,
                                                                   ServeOptions const& options);
    TcpServer(TcpServer const&) = delete;
    TcpServer& operator=(TcpServer const&) = delete;
    ~TcpServer();

    [[nodiscard]] Endpoint const& endpoint() const { return endpoint_; }
    [[nodiscard]] std::size_t clients() const { return clients_.size(); }

private:
    struct Client {
        Fd socket;
        RuleId rule;
        Time active;           ///< when bytes went in or out last
        std::string payload;   ///< has arrived and is not answered
        std::string output;    ///< is answered and not yet sent
        std::size_t sent = 0;  ///< of output
        int queued = 0;        ///< bytes the kernel had not passed on when last asked
        bool ended = false;    ///< has closed its sending side
        bool waiting = false;  ///< is in unanswered_
        std::list<Client>::iterator self;
        std::list<Client*>::iterator place;
    };
    using Clients = std::list<Client>;

    TcpServer(EventLoop& loop, ServerLog& log, ServeOptions const& options);
    [[nodiscard]] Result<> start(Endpoint const& endpoint);

    void accept_some();
    void admit(Fd socket);
    void rest_from_accepting(int code);
    void accept_again();

    void act(Client& client, Events events);
    void read(Client& client, Events events);
    void take(Client& client, std::string_view bytes, bool is_all);
    void end_of_input(Client& client);
    void wait_for_more(Client& client);
    void stop_waiting(Client& client);
    void answer(Client& client, std::string_view payload);
    void send(Client& client, std::string_view head, std::string_view body);
    void send_rest(Client& client);
    void touch(Client& client);
    void drop(Client& client);
    void drop_too_large(Client& client);

    void watch_idle();
    void close_idle();
    [[nodiscard]] static bool still_drains(Client& client);
    void watch_pauses();
    void answer_paused();

    EventLoop& loop_;
    ServerLog& log_;
    ServeOptions options_;
    Endpoint endpoint_;
    Fd socket_;
    RuleId rule_;
    std::string buffer_;
    Stamps stamps_;
    Clients clients_;                ///< the longest idle first
    std::list<Client*> unanswered_;  ///< the longest waiting first
    bool idle_watched_ = false, pauses_watched_ = false, resting_ = false, lack_told_ = false;
    TimerId idle_timer_, pause_timer_, rest_timer_;
};

}  // namespace vethwork
