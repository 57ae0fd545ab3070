// ip address save, showdump, restore: the kernel's own messages behind a number that marks the file.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include <vethwork/base/fd.hpp>
#include <vethwork/netlink/interface_address.hpp>
#include <vethwork/observe/addresses.hpp>
#include <vethwork/report/ip_address.hpp>

#include "ip/address_selection.hpp"
#include "ip/address_verbs.hpp"

namespace vethwork::app {

namespace {

constexpr std::uint32_t magic = 0x47361222;  ///< in the machine's byte order, as iproute2 has it

/// What is on stdin behind the mark.
Result<std::string> read_saved() {
    if (::isatty(STDIN_FILENO)) return usage_error("Can't restore address dump from a terminal");
    auto saved = TRY(read_all(STDIN_FILENO));
    std::uint32_t mark = 0;
    bool const whole = saved.size() >= sizeof mark;
    std::memcpy(&mark, saved.data(), std::min(saved.size(), sizeof mark));
    if (mark != magic)
        return usage_error(fmt::format("Magic mismatch ({} elems, {:x} magic)", whole ? 1 : 0, mark));
    return saved.substr(sizeof mark);
}

/// Hands every message to `each`; its first error ends it.
Result<> read_messages(std::string const& saved,
                       std::function<Result<>(topology::InterfaceAddress const&)> const& each) {
    netlink::MessageReader reader(as_bytes(saved));
    while (auto const message = reader.next()) TRY(each(TRY(netlink::read_address(*message))));
    if (reader.failed()) return usage_error("rtnl-from_file: truncated message");
    return {};
}

}  // namespace

Result<int> save_addresses(Session& session, plan::WordReader& words) {
    auto const wanted = TRY(read_address_selection(session, words));
    if (::isatty(STDOUT_FILENO)) return plan::refused("Not sending a binary stream to stdout");
    auto const messages = TRY(observe::address_messages(
        *TRY(session.connection()), {.family = session.options().family, .link_index = wanted.link_index}));
    session.print(as_text({reinterpret_cast<std::uint8_t const*>(&magic), sizeof magic}));
    session.print(as_text(messages));
    return 0;
}

Result<int> show_saved_addresses(Session& session, plan::WordReader&) {
    auto const saved = TRY(read_saved());
    auto writer = session.writer();
    auto const details = session.details();
    TRY(session.connection());
    writer.begin_list();
    writer.begin_object();
    writer.begin_list("addr_info");
    auto const read = read_messages(saved, [&](topology::InterfaceAddress const& address) -> Result<> {
        writer.begin_object();
        writer.field("index", "if{}:", address.link.index);
        writer.end_line();
        report::write_address(writer, address, details, report::AddressPlace::below_link);
        writer.end_object();
        return {};
    });
    writer.end_list();
    writer.end_object();
    writer.end_list();
    session.print(writer.take());
    if (!read) return read.error();
    return 0;
}

Result<int> restore_addresses(Session& session, plan::WordReader&) {
    auto const saved = TRY(read_saved());
    bool refused = false;
    auto const read = read_messages(saved, [&](topology::InterfaceAddress const& address) -> Result<> {
        auto done = session.perform(plan::PutAddress{.address = address});
        if (done) return {};
        session.complain(done.error());
        if (done.error().code == EEXIST) return {};
        refused = true;
        return done;
    });
    if (refused) return 255;
    if (!read) return read.error();
    return 0;
}

}  // namespace vethwork::app
