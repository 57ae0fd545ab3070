// ip link. Source: ip-link(8).
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/report/ip_link.hpp>

#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

Result<int> show(Session& session, plan::WordReader& words) {
    auto* const connection = TRY(session.connection());
    words.take_exact("dev");
    std::vector<topology::Link> links;
    if (words.done())
        links = TRY(observe::links(*connection, {.statistics = session.options().statistics > 0})).links;
    else
        links.push_back(TRY(observe::link(*connection, {.name = words.take()})));
    for (auto const& link : links) session.names().learn(link);
    auto writer = session.writer();
    report::write_links(writer, links, session.details());
    session.print(writer.take());
    return 0;
}

}  // namespace

Result<int> run_ip_link(Session& session, plan::WordReader& words) {
    if (words.done() || words.take_prefix("show") || words.take_prefix("list")) return show(session, words);
    if (words.take_prefix("add")) {
        TRY(session.perform(TRY(plan::parse_link_add(words))));
    } else if (words.take_prefix("set")) {
        TRY(session.perform(TRY(plan::parse_link_set(words))));
    } else if (words.take_prefix("delete")) {
        TRY(session.perform(TRY(plan::parse_link_delete(words))));
    } else {
        return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip link help\".", words.peek()));
    }
    return 0;
}

}  // namespace vethwork::app
