// ip address: changes, and which verb is which. Source: ip-address(8).
#include <array>

#include <vethwork/plan/address_operation.hpp>

#include "ip/address_verbs.hpp"
#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

template <class Parse>
Result<int> change(Session& session, Parse const& parse) {
    plan::AddressContext context{.family = session.options().family, .names = &session.number_names()};
    auto operation = parse(context);
    for (auto const& warning : context.warnings) session.warn(warning);
    if (!operation) return std::move(operation).error();
    TRY(session.perform(std::move(*operation)));
    return 0;
}

template <plan::PutMode Mode>
Result<int> put(Session& session, plan::WordReader& words) {
    return change(session, [&words](plan::AddressContext& context) {
        return plan::parse_address_put(words, Mode, context);
    });
}

Result<int> remove(Session& session, plan::WordReader& words) {
    return change(session, [&words](plan::AddressContext& context) {
        return plan::parse_address_delete(words, context);
    });
}

Result<int> help(Session&, plan::WordReader&) { return usage_error(std::string(plan::address_usage())); }

constexpr std::array commands{
    IpCommand{"add", put<plan::PutMode::add>},
    IpCommand{"change", put<plan::PutMode::change>},
    IpCommand{"chg", put<plan::PutMode::change>},
    IpCommand{"replace", put<plan::PutMode::replace>},
    IpCommand{"delete", remove},
    IpCommand{"list", show_addresses},
    IpCommand{"show", show_addresses},
    IpCommand{"lst", show_addresses},
    IpCommand{"flush", flush_addresses},
    IpCommand{"save", save_addresses},
    IpCommand{"showdump", show_saved_addresses},
    IpCommand{"restore", restore_addresses},
    IpCommand{"help", help},
};

}  // namespace

Result<int> run_ip_address(Session& session, plan::WordReader& words) {
    if (words.done()) return show_addresses(session, words);
    return run_command(session, words, "address", commands);
}

}  // namespace vethwork::app
