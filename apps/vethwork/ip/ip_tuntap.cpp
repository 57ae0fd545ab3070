// ip tuntap. Source: ip-tuntap(8).
#include <grp.h>
#include <linux/if_tun.h>
#include <pwd.h>

#include <array>

#include <vethwork/observe/tuntap.hpp>
#include <vethwork/plan/tuntap_operation.hpp>

#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

struct FlagWord {
    unsigned flag;
    std::string_view word;
    bool when_set = true;
};

/// In the order in which they are shown.
constexpr std::array flag_words{FlagWord{IFF_TUN, "tun"},
                                FlagWord{IFF_TAP, "tap"},
                                FlagWord{IFF_NO_PI, "pi", false},
                                FlagWord{IFF_ONE_QUEUE, "one_queue"},
                                FlagWord{IFF_MULTI_QUEUE, "multi_queue"},
                                FlagWord{IFF_VNET_HDR, "vnet_hdr"},
                                FlagWord{IFF_PERSIST, "persist"},
                                FlagWord{IFF_NOFILTER, "filter", false}};

void write_flags(report::IpWriter& writer, unsigned flags) {
    unsigned rest = flags;
    writer.begin_list("flags");
    for (auto const& one : flag_words) {  // two of them share a bit
        if (((flags & one.flag) != 0) == one.when_set)
            writer.field({}, writer.is_json() ? "{}" : " {}", one.word);
        rest &= ~one.flag;
    }
    if (rest) writer.field({}, " {}", fmt::format("{:#x}", rest));
    writer.end_list();
}

Result<int> show(Session& session) {
    auto writer = session.writer();
    writer.begin_list();
    for (auto const& device : TRY(observe::tuntap_devices(*TRY(session.connection())))) {
        writer.begin_object();
        writer.field("ifname", writer.is_json() ? "{}" : "{}:", device.name, report::Ink::link_name);
        write_flags(writer, device.flags);
        if (device.owner) writer.field("user", " user {}", *device.owner);
        if (device.group) writer.field("group", " group {}", *device.group);
        writer.text("\n");
        writer.end_object();
    }
    writer.end_list();
    session.print(writer.take());
    return 0;
}

std::optional<std::uint32_t> find_user(std::string const& name) {
    auto const* const user = ::getpwnam(name.c_str());
    return user ? std::optional(user->pw_uid) : std::nullopt;
}

std::optional<std::uint32_t> find_group(std::string const& name) {
    auto const* const group = ::getgrnam(name.c_str());
    return group ? std::optional(group->gr_gid) : std::nullopt;
}

}  // namespace

Result<int> run_ip_tuntap(Session& session, plan::WordReader& words) {
    if (words.done()) return show(session);
    if (words.take_prefix("add")) {
        TRY(session.perform(TRY(plan::parse_tuntap_add(words, {find_user, find_group}))));
        return 0;
    }
    if (words.take_prefix("delete")) {
        TRY(session.perform(TRY(plan::parse_tuntap_delete(words))));
        return 0;
    }
    if (words.take_prefix("show") || words.take_prefix("lst") || words.take_prefix("list"))
        return show(session);
    if (words.is_prefix("help")) return usage_error(plan::tuntap_usage());
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip tuntap help\".", words.peek()));
}

}  // namespace vethwork::app
