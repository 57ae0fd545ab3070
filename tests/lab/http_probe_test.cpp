#include <vethwork/lab/http_probe.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>

namespace vethwork::lab {
namespace {

TEST(HttpUrl, HasAHostAndAPathOrIsAPath) {
    EXPECT_EQ(parse_http_url("/health").value(), (HttpTarget{"127.0.0.1", "/health"}));
    EXPECT_EQ(parse_http_url("http://web").value(), (HttpTarget{"web", "/"}));
    EXPECT_EQ(parse_http_url("http://[fd00::1]:8080/a?b=c").value(),
              (HttpTarget{"[fd00::1]:8080", "/a?b=c"}));
    EXPECT_FALSE(parse_http_url("https://web/"));
    EXPECT_FALSE(parse_http_url("http:///x"));
    EXPECT_FALSE(parse_http_url("web"));
}

/// A server for one request; gives what it was asked.
std::string asked_of(std::string const& answer, bool& served, std::string const& path) {
    Fd const listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    std::string asked;
    std::thread server([&] {
        Fd const client(::accept(listener.get(), nullptr, nullptr));
        char text[512];
        auto const count = ::read(client.get(), text, sizeof text);
        if (count > 0) asked.assign(text, static_cast<std::size_t>(count));
        (void)write_all(client.get(), answer);
    });
    served = is_served("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + path);
    server.join();
    return asked;
}

TEST(HttpProbe, TakesAnswersFrom200To399) {
    bool served = false;
    EXPECT_EQ(asked_of("HTTP/1.1 204 No Content\r\n\r\n", served, "/health").substr(0, 22),
              "GET /health HTTP/1.0\r\n");
    EXPECT_TRUE(served);
    (void)asked_of("HTTP/1.0 302 Found\r\n\r\n", served, "/");
    EXPECT_TRUE(served);
    (void)asked_of("HTTP/1.1 404 Not Found\r\n\r\n", served, "/");
    EXPECT_FALSE(served);
    (void)asked_of("SSH-2.0-x\r\n", served, "/");
    EXPECT_FALSE(served);
    (void)asked_of("", served, "/");
    EXPECT_FALSE(served);
    EXPECT_FALSE(is_served("http://127.0.0.1:1/"));
}

}  // namespace
}  // namespace vethwork::lab
