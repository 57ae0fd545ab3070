#include <vethwork/netlink/connection.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <limits>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

namespace vethwork::netlink {

namespace {

/// Requests of one window share one sendmsg(2); their errors must fit the receive buffer.
constexpr std::size_t window = 128;
/// The kernel fills at most 32 KiB a datagram of a dump; single answers are smaller.
constexpr std::size_t receive_buffer = 64 * 1024;
constexpr int receive_space = 4 * 1024 * 1024;

void set_option(int fd, int level, int option, int value) {
    (void)::setsockopt(fd, level, option, &value, sizeof value);
}

/// The attributes behind the error code: after the echoed request, or after its header where it was capped;
/// the end of a dump echoes nothing.
Bytes extended_ack(Message const& message) {
    if ((message.header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
    ByteReader reader(message.payload);
    reader.skip(sizeof(std::int32_t));
    if (message.header.nlmsg_type == NLMSG_DONE) return reader.rest();
    auto const echoed = reader.native<nlmsghdr>();
    if ((message.header.nlmsg_flags & NLM_F_CAPPED) == 0 && echoed.nlmsg_len >= sizeof echoed)
        reader.skip((echoed.nlmsg_len - sizeof echoed + 3) & ~std::size_t{3});
    return reader.rest();
}

Error unexpected_end(MessageWriter const& request) {
    return malformed_error(request.what() + ": the kernel's answer ends in the middle of a message");
}

/// The whole message, owned; an error message is the error that it tells.
Result<std::vector<std::uint8_t>> answer_of(Message const& answer, MessageWriter const& request) {
    if (answer.header.nlmsg_type == NLMSG_ERROR) {
        if (auto error = error_of(answer, request)) return *std::move(error);
        return malformed_error(request.what() + ": the kernel acknowledged but answered nothing");
    }
    auto const* const start = answer.payload.data() - sizeof(nlmsghdr);
    return std::vector<std::uint8_t>(start, start + answer.header.nlmsg_len);
}

}  // namespace

std::optional<Error> error_of(Message const& message, MessageWriter const& request) {
    ByteReader reader(message.payload);
    auto const code = reader.native<std::int32_t>();
    if (reader.failed()) return unexpected_end(request);
    if (code == 0) return {};
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    Error error{.fault = Fault::kernel, .attempt = request.what(), .code = code < -most ? most : -code};
    AttributeReader attributes(extended_ack(message));
    while (auto const attribute = attributes.next()) {
        if (attribute->type == NLMSGERR_ATTR_MSG) {
            error.kernel_text = as_text(attribute->payload);
            error.kernel_text.resize(std::strlen(error.kernel_text.c_str()));
        } else if (attribute->type == NLMSGERR_ATTR_OFFS) {
            error.attribute = request.name_at(ByteReader(attribute->payload).native<std::uint32_t>());
        }
    }
    if (code == -EPERM) error.hint = "needs CAP_NET_ADMIN in this network namespace";
    return error;
}

Result<Connection> Connection::open(int protocol) {
    int const number = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (number < 0) return system_error("open a netlink socket");
    Connection connection{Fd(number)};
    set_option(number, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    set_option(number, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    set_option(number, SOL_SOCKET, SO_RCVBUF, receive_space);
    set_option(number, SOL_SOCKET, SO_SNDBUF, receive_space);
    connection.set_strict(true);
    connection.buffer_ = std::make_unique_for_overwrite<std::uint8_t[]>(receive_buffer);
    return connection;
}

void Connection::set_strict(bool on) {
    set_option(fd_.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, on ? 1 : 0);
}

Result<> Connection::send(std::span<MessageWriter> messages) {
    std::vector<iovec> parts;
    parts.reserve(messages.size());
    for (auto& message : messages) {
        message.set_sequence(++sequence_);
        message.add_flags(NLM_F_REQUEST);
        Bytes const bytes = message.bytes();
        trace(Direction::sent, {message.header(), bytes.subspan(sizeof(nlmsghdr))});
        parts.push_back({const_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    }
    sockaddr_nl kernel{.nl_family = AF_NETLINK};
    msghdr const header{.msg_name = &kernel,
                        .msg_namelen = sizeof kernel,
                        .msg_iov = parts.data(),
                        .msg_iovlen = parts.size()};
    while (::sendmsg(fd_.get(), &header, 0) < 0)
        if (errno != EINTR) return system_error(messages.front().what() + ": send to the kernel");
    return {};
}

Result<Bytes> Connection::receive() {
    for (;;) {
        ssize_t const size = ::recv(fd_.get(), buffer_.get(), receive_buffer, MSG_TRUNC);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return system_error("receive from the kernel");
        if (static_cast<std::size_t>(size) > receive_buffer)
            return system_error(EMSGSIZE,
                                "receive from the kernel an answer of " + std::to_string(size) + " bytes");
        return Bytes(buffer_.get(), static_cast<std::size_t>(size));
    }
}

void Connection::trace(Direction direction, Message const& message) const {
    if (trace_) trace_(direction, message);
}

Result<> Connection::request(MessageWriter message) { return std::move(transact({&message, 1}).front()); }

Result<std::vector<std::uint8_t>> Connection::get(MessageWriter message) {
    return std::move(get_all({&message, 1}).front());
}

std::vector<Connection::Answer> Connection::get_all(std::span<MessageWriter> messages) {
    std::vector<Answer> answers(messages.size(), Answer(std::vector<std::uint8_t>{}));
    for (std::size_t begin = 0; begin < messages.size(); begin += window) {
        std::size_t const size = std::min(window, messages.size() - begin);
        auto const got = get_window(messages.subspan(begin, size), std::span(answers).subspan(begin, size));
        if (got) continue;
        for (std::size_t i = begin; i < messages.size(); ++i)
            if (answers[i].ok() && answers[i]->empty()) answers[i] = got.error();
        break;
    }
    return answers;
}

Result<> Connection::get_window(std::span<MessageWriter> messages, std::span<Answer> answers) {
    std::uint32_t const first = sequence_ + 1;
    TRY(send(messages));
    for (std::size_t missing = messages.size(); missing > 0;) {
        MessageReader reader(TRY(receive()));
        while (auto const answer = reader.next()) {
            std::uint32_t const place = answer->header.nlmsg_seq - first;
            if (place >= messages.size()) continue;
            trace(Direction::received, *answer);
            answers[place] = answer_of(*answer, messages[place]);
            --missing;
        }
        if (reader.failed()) return unexpected_end(messages.front());
    }
    return {};
}

Result<DumpOutcome> Connection::dump(MessageWriter message,
                                     std::function<Result<>(Message const&)> const& each) {
    message.add_flags(NLM_F_DUMP);
    TRY(send({&message, 1}));
    DumpOutcome outcome;
    std::optional<Error> first;
    for (;;) {
        MessageReader reader(TRY(receive()));
        while (auto const part = reader.next()) {
            if (part->header.nlmsg_seq != sequence_) continue;
            trace(Direction::received, *part);
            if ((part->header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) outcome.interrupted = true;
            if (part->header.nlmsg_type == NLMSG_DONE || part->header.nlmsg_type == NLMSG_ERROR) {
                bool const has_code = part->payload.size() >= sizeof(std::int32_t);
                if (!first && has_code) first = error_of(*part, message);
                if (first) return *std::move(first);
                return outcome;
            }
            if (first) continue;
            if (auto taken = each(*part); !taken) first = std::move(taken).error();
        }
        if (reader.failed()) return unexpected_end(message);
    }
}

std::vector<Result<>> Connection::transact(std::span<MessageWriter> messages) {
    std::vector<Result<>> outcomes(messages.size());
    for (std::size_t begin = 0; begin < messages.size(); begin += window) {
        std::size_t const size = std::min(window, messages.size() - begin);
        auto const failed =
            transact_window(messages.subspan(begin, size), std::span(outcomes).subspan(begin, size));
        if (failed) continue;
        for (std::size_t i = begin; i < messages.size(); ++i)
            if (outcomes[i].ok()) outcomes[i] = failed;
        break;
    }
    return outcomes;
}

/// Errors are answered in any case; the answer to the last request says that all have been carried out.
Result<> Connection::transact_window(std::span<MessageWriter> messages, std::span<Result<>> outcomes) {
    messages.back().add_flags(NLM_F_ACK);
    std::uint32_t const first = sequence_ + 1;
    TRY(send(messages));
    for (bool finished = false; !finished;) {
        MessageReader reader(TRY(receive()));
        while (auto const answer = reader.next()) {
            std::uint32_t const place = answer->header.nlmsg_seq - first;
            if (answer->header.nlmsg_type != NLMSG_ERROR || place >= messages.size()) continue;
            trace(Direction::received, *answer);
            if (auto error = error_of(*answer, messages[place])) outcomes[place] = *std::move(error);
            finished = finished || place == messages.size() - 1;
        }
        if (reader.failed()) return unexpected_end(messages.front());
    }
    return {};
}

Result<> Connection::join(std::uint32_t group) {
    // A socket without a port gets no events. Where it has one already, the second bind is refused, rightly.
    sockaddr_nl const any_port{.nl_family = AF_NETLINK};
    (void)::bind(fd_.get(), reinterpret_cast<sockaddr const*>(&any_port), sizeof any_port);
    if (::setsockopt(fd_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0)
        return system_error("join netlink group " + std::to_string(group));
    return {};
}

Result<> Connection::listen_all_namespaces() {
    int const on = 1;
    if (::setsockopt(fd_.get(), SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof on) != 0)
        return system_error("listen to events of all namespaces");
    return {};
}

Result<> Connection::receive_events(std::function<void(Message const&, int)> const& each) {
    iovec part{buffer_.get(), receive_buffer};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    msghdr header{
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t const size = ::recvmsg(fd_.get(), &header, 0);
    if (size < 0) return system_error("receive events from the kernel");
    int nsid = -1;
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c))
        if (c->cmsg_level == SOL_NETLINK && c->cmsg_type == NETLINK_LISTEN_ALL_NSID)
            std::memcpy(&nsid, CMSG_DATA(c), sizeof nsid);
    MessageReader reader(Bytes(buffer_.get(), static_cast<std::size_t>(size)));
    while (auto const message = reader.next()) {
        trace(Direction::received, *message);
        each(*message, nsid);
    }
    return {};
}

}  // namespace vethwork::netlink
