#include <vethwork/lab/http_probe.hpp>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/traffic/endpoint.hpp>
#include <vethwork/traffic/resolve.hpp>

namespace vethwork::lab {

namespace {

constexpr timeval patience{.tv_sec = 1, .tv_usec = 0};

bool has_port(std::string_view host) {
    auto const colon = host.rfind(':');
    auto const bracket = host.rfind(']');
    return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

/// The first line of the answer: `HTTP/1.1 200 OK`.
std::string first_line(int fd) {
    std::string text;
    for (char chunk[512]; text.find('\n') == std::string::npos && text.size() < 4096;) {
        auto const size = ::read(fd, chunk, sizeof chunk);
        if (size <= 0) break;
        text.append(chunk, static_cast<std::size_t>(size));
    }
    return text.substr(0, text.find('\n'));
}

}  // namespace

Result<HttpTarget> parse_http_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    HttpTarget target;
    if (url.starts_with('/')) return target.path = url, target;
    if (!url.starts_with(scheme))
        return usage_error("\"" + std::string(url) + "\" is no http:// URL and no path");
    url.remove_prefix(scheme.size());
    auto const slash = std::min(url.find('/'), url.size());
    target.host = url.substr(0, slash);
    if (slash < url.size()) target.path = url.substr(slash);
    if (target.host.empty()) return usage_error("a URL needs a host: http://HOST/PATH");
    return target;
}

bool is_served(std::string const& url) {
    auto const target = parse_http_url(url);
    if (!target) return false;
    auto const endpoint = resolve_endpoint(has_port(target->host) ? target->host : target->host + ":80");
    if (!endpoint) return false;
    auto const address = SocketAddress::of(*endpoint);
    if (!address) return false;
    Fd const fd(::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd.get(), address->get(), address->size) != 0) return false;
    std::string const request = "GET " + target->path + " HTTP/1.0\r\nHost: " + target->host + "\r\n\r\n";
    if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
        return false;
    auto const line = first_line(fd.get());
    auto const words = split_words(line);
    if (words.size() < 2 || !words[0].starts_with("HTTP/")) return false;
    auto const status = parse_number<int>(words[1], 10);
    return status && *status >= 200 && *status < 400;
}

}  // namespace vethwork::lab
