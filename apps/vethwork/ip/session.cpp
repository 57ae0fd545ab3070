#include "ip/session.hpp"

#include <grp.h>
#include <pwd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <vethwork/netlink/trace.hpp>

namespace vethwork::app {

namespace {

std::string user_name(std::uint32_t id) {
    auto const* const user = ::getpwuid(id);
    return user ? user->pw_name : "";
}

std::string user_group_name(std::uint32_t id) {
    auto const* const group = ::getgrgid(id);
    return group ? group->gr_name : "";
}

int status_of(Error const& error) {
    switch (error.fault) {
        case Fault::usage:
            return 255;
        case Fault::kernel:
            return 2;
        case Fault::lookup:
        case Fault::system:
        case Fault::malformed:
        case Fault::limit:
            break;
    }
    return 1;
}

topology::NameTable load_names(topology::NameKind kind) {
    auto loaded = observe::load_names(kind);
    for (auto const& complaint : loaded.complaints) fmt::print(stderr, "{}\n", complaint);
    return std::move(loaded.names);
}

}  // namespace

std::string error_text(Error const& error) {
    switch (error.fault) {
        case Fault::kernel:
            if (error.kernel_text.empty())
                return fmt::format("RTNETLINK answers: {}", std::strerror(error.code));
            return fmt::format("Error: {}{}", error.kernel_text, error.kernel_text.ends_with('.') ? "" : ".");
        case Fault::usage:
            return error.attempt;
        case Fault::lookup:
        case Fault::system:
        case Fault::malformed:
        case Fault::limit:
            break;
    }
    if (error.code == 0) return error.attempt;
    return fmt::format("{}: {}", error.attempt, std::strerror(error.code));
}

Session::Session(IpOptions options, Manner manner)
    : options_(std::move(options)), manner_(manner), number_names_(load_names) {}

namespace {

Result<netlink::Connection> open_traced() {
    auto connection = TRY(netlink::Connection::open());
    if (char const* const wish = std::getenv("VETHWORK_DEBUG"); wish && std::string_view(wish) == "netlink")
        connection.set_trace([](netlink::Direction direction, netlink::Message const& message) {
            fmt::print(stderr, "{}", netlink::describe_message(direction, message));
        });
    return connection;
}

}  // namespace

Result<netlink::Connection*> Session::open_connection() {
    if (!connection_) connection_ = TRY(open_traced());
    return &*connection_;
}

Result<netlink::Connection> Session::another_connection() {
    (void)TRY(connection());
    return open_traced();
}

Result<netlink::Connection*> Session::connection() {
    TRY(settle());
    return open_connection();
}

Result<apply::LinuxKernel*> Session::kernel() {
    auto* const connection = TRY(open_connection());
    if (!kernel_) kernel_.emplace(*connection);
    return &*kernel_;
}

Result<apply::LinuxKernel*> Session::settled_kernel() {
    TRY(settle());
    return kernel();
}

observe::LinkNames& Session::names() {
    if (!names_) names_.emplace(*connection_);
    return *names_;
}

observe::NamespaceNames& Session::namespace_names() {
    if (!namespace_names_) namespace_names_.emplace(*connection_);
    return *namespace_names_;
}

Result<> Session::settle() {
    if (!window_ || window_->empty()) return {};
    auto* const kernel = TRY(this->kernel());
    bool const went_on = window_->drain(*kernel);
    forget();
    if (!went_on) return lookup_error("");
    return {};
}

Result<> Session::perform(plan::Operation operation) {
    auto* const kernel = TRY(this->kernel());
    if (!window_) {
        auto done = kernel->perform(operation);
        forget();
        return done;
    }
    if (!window_->takes(operation)) TRY(settle());
    window_->add(std::move(operation), line_);
    return window_->full() ? settle() : Result<>();
}

report::IpWriter Session::writer() const {
    auto const look = !options_.json    ? report::Look::text
                      : options_.pretty ? report::Look::pretty_json
                                        : report::Look::json;
    report::IpWriter writer(look, options_.coloured && !options_.json);
    writer.set_one_line(options_.one_line);
    return writer;
}

report::IpWriter Session::text_writer() const {
    report::IpWriter writer(report::Look::text, options_.coloured && !options_.json);
    writer.set_one_line(options_.one_line);
    return writer;
}

report::IpDetails Session::details() {
    auto const name = [this](topology::NameKind kind, std::uint32_t number) {
        return options_.numeric ? topology::print_nameless(kind, number) : number_names_.print(kind, number);
    };
    return {.brief = options_.brief,
            .details = options_.details,
            .statistics = options_.statistics,
            .numeric = options_.numeric,
            .human = options_.human,
            .iec = options_.iec,
            .link_name = [this](std::uint32_t index) { return names().name(index); },
            .link_flags = [this](std::uint32_t index) { return names().flags(index); },
            .link_type = [this](std::uint32_t index) { return names().hardware_type(index); },
            .namespace_name = [this](int nsid) { return namespace_names().name(nsid); },
            .group_name = [name](std::uint32_t group) { return name(topology::NameKind::group, group); },
            .user_name = user_name,
            .user_group_name = user_group_name,
            .name = name};
}

void Session::print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void Session::pass_on(report::IpWriter& writer) {
    constexpr std::size_t worth_a_write = 16 * 1024;
    if (writer.written().size() < worth_a_write) return;
    print(writer.written());
    writer.forget();
}

void Session::flush() {
    (void)settle();
    std::fflush(stdout);
}

int Session::complain_of_dump(Error const& error) {
    complain(error);
    auto list = writer();
    list.begin_list();
    list.end_list();
    print(list.take());
    fmt::print(stderr, "Dump terminated\n");
    if (window_) must_end_ = 1;
    return 1;
}

void Session::warn(std::string_view line) {
    std::fflush(stdout);
    fmt::print(stderr, "{}\n", line);
}

void Session::tell(Error const& error) const {
    std::fflush(stdout);
    fmt::print(stderr, "{}\n", error_text(error));
    if (manner_ == Manner::ours && !error.hint.empty()) fmt::print(stderr, "hint: {}\n", error.hint);
}

int Session::complain(Error const& error) {
    int const status = status_of(error);
    if (!settle() || error.attempt.empty()) return status;
    tell(error);
    if (window_ && error.fault == Fault::usage) must_end_ = status;
    return status;
}

void Session::forget() {
    if (names_) names_->forget();
    if (namespace_names_) namespace_names_->forget();
}

}  // namespace vethwork::app
