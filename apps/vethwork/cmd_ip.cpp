// vethwork ip: iproute2's grammar and output over rtnetlink.
#include <string>
#include <vector>

#include <vethwork/netns/name.hpp>

#include "ip/objects.hpp"
#include "verbs.hpp"

namespace vethwork::app {

namespace {

int run_session(Session& session, plan::WordReader& words) {
    if (session.options().netns) {
        auto const netns = netns::open_named(*session.options().netns);
        if (!netns) return session.complain(netns.error()), 255;
        if (auto const entered = netns::enter(*netns); !entered)
            return session.complain(entered.error()), 255;
    }
    if (words.done()) return session.complain(usage_error("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }"));
    return run_object(session, words);
}

}  // namespace

int run_ip(Invocation const& invocation) {
    std::vector<std::string> const words(invocation.words.begin(), invocation.words.end());
    plan::WordReader reader(words);
    Manner const manner = invocation.called_as == "ip" ? Manner::drop_in : Manner::ours;
    auto options = parse_ip_options(reader);
    if (!options) return Session({}, manner).complain(options.error());
    Session session(std::move(*options), manner);
    return run_session(session, reader);
}

}  // namespace vethwork::app
