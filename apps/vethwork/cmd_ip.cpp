// vethwork ip: iproute2's grammar and output over rtnetlink.
#include <string>
#include <vector>

#include <vethwork/netns/name.hpp>

#include "ip/batch.hpp"
#include "ip/objects.hpp"
#include "verbs.hpp"

namespace vethwork::app {

namespace {

/// Scripts read the release of iproute2 whose words and texts these are.
constexpr std::string_view iproute2_release = "6.1.0";
constexpr int no_such_namespace = 255;

Result<> enter_namespace(std::string const& name) {
    auto const netns = TRY(netns::open_named(name));
    if (auto const entered = netns::enter(netns); !entered)
        return lookup_error(entered.error().code,
                            fmt::format("setting the network namespace \"{}\" failed", name));
    return {};
}

int run_session(Session& session, plan::WordReader& words) {
    if (session.options().show_version) {
        session.print(
            fmt::format("ip utility, iproute2-{}, vethwork {}\n", iproute2_release, VETHWORK_VERSION));
        return 0;
    }
    if (session.options().show_help) return session.complain(ip_usage());
    if (session.options().batch_file) return run_batch(session, *session.options().batch_file);
    if (words.done()) return session.complain(ip_usage());
    return run_object(session, words);
}

}  // namespace

int run_ip(Invocation const& invocation) {
    std::vector<std::string> const words(invocation.words.begin(), invocation.words.end());
    plan::WordReader reader(words);
    Manner const manner = invocation.called_as == "ip" ? Manner::drop_in : Manner::ours;
    auto options = parse_ip_options(reader, enter_namespace);
    if (!options) {
        int const status = Session({}, manner).complain(options.error());
        return options.error().fault == Fault::usage ? status : no_such_namespace;
    }
    Session session(std::move(*options), manner);
    return run_session(session, reader);
}

}  // namespace vethwork::app
