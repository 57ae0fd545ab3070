#include <vethwork/lab/outside.hpp>

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include <vethwork/lab/service_json.hpp>

namespace vethwork::lab {

namespace {

constexpr std::size_t longest_message = 65'536;

/// One whole message; empty where the other side has ended.
std::string receive(int line) {
    std::string text(longest_message, '\0');
    ssize_t size = 0;
    do size = ::recv(line, text.data(), text.size(), 0);
    while (size < 0 && errno == EINTR);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

Result<> send(int line, Json const& json) {
    auto const text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (::send(line, text.data(), text.size(), MSG_NOSIGNAL) < 0)
        return system_error("speak with the lab's hand outside");
    return {};
}

Json answer_to(std::string const& text) {
    auto const json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return {{"error", "not understood"}};
    auto const started = start(service_from_json(json), Parent::of_this_process);
    if (!started) return {{"error", started.error().describe()}};
    return {{"pid", *started}};
}

}  // namespace

Result<OutsideLine> make_outside_line() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return system_error("make a pair of sockets");
    return OutsideLine{Fd(ends[0]), Fd(ends[1])};
}

void serve_outside(int line) {
    for (std::string text = receive(line); !text.empty(); text = receive(line))
        if (!send(line, answer_to(text))) return;
}

Result<std::int32_t> start_outside(int line, Service const& service) {
    TRY(send(line, to_json(service)));
    auto const answer = Json::parse(receive(line), nullptr, false);
    if (answer.is_object() && answer.contains("pid")) return answer["pid"].get<std::int32_t>();
    std::string const text =
        answer.is_object() && answer.contains("error") ? answer["error"].get<std::string>() : "no answer";
    return malformed_error("start " + service.full_name() + " outside of the lab: " + text);
}

}  // namespace vethwork::lab
