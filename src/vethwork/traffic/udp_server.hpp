// A UDP server: every datagram is answered, from the very address it was sent to.
#pragma once

#include <memory>
#include <string>

#include <vethwork/traffic/serve_options.hpp>

namespace vethwork {

class UdpServer {
public:
    /// Binds and logs it. `loop` and `log` outlive the server.
    [[nodiscard]] static Result<std::unique_ptr<UdpServer>> bind(EventLoop& loop, ServerLog& log,
                                                                 Endpoint const& endpoint,
                                                                 ServeOptions const& options);
    UdpServer(UdpServer const&) = delete;
    UdpServer& operator=(UdpServer const&) = delete;
    ~UdpServer() { loop_.forget(rule_); }

    [[nodiscard]] Endpoint const& endpoint() const { return endpoint_; }

private:
    UdpServer(EventLoop& loop, ServerLog& log, ServeOptions const& options);
    [[nodiscard]] Result<> start(Endpoint const& endpoint);
    void receive_some();
    void answer(struct msghdr& message, std::string_view payload);

    EventLoop& loop_;
    ServerLog& log_;
    ServeOptions options_;
    Endpoint endpoint_;
    Fd socket_;
    RuleId rule_;
    std::string buffer_;
    std::string reply_;
    Stamps stamps_;
};

}  // namespace vethwork
