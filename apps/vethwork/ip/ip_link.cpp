// ip link. Source: ip-link(8).
#include <linux/if.h>

#include <algorithm>
#include <array>
#include <deque>

#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/report/ip_link.hpp>

#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

/// What `ip link show` is asked for.
struct Selection {
    std::string device;
    std::optional<std::string> master, vrf;
    bool no_master = false, up = false;
    std::optional<std::uint32_t> group;
    std::string kind, port_kind;
};

/// Words about addresses that `ip address` also takes; they choose no links.
bool skip_address_flag(plan::WordReader& words) {
    static constexpr std::array<std::string_view, 14> flags{
        "permanent", "dynamic", "secondary", "temporary",  "primary",       "tentative", "deprecated",
        "dadfailed", "home",    "nodad",     "mngtmpaddr", "noprefixroute", "autojoin",  "stable-privacy"};
    auto word = std::string_view(words.peek());
    if (word.starts_with('-')) word.remove_prefix(1);
    if (std::ranges::find(flags, word) == flags.end()) return false;
    words.skip();
    return true;
}

Result<> read_selection(Session& session, plan::WordReader& words, Selection& wanted) {
    constexpr std::string_view port_ending = "_slave";
    while (!words.done()) {
        if (words.take_exact("up")) {
            wanted.up = true;
        } else if (skip_address_flag(words)) {
        } else if (words.take_exact("group")) {
            auto const word = TRY(words.value());
            wanted.group = session.number_names().parse(topology::NameKind::group, word);
            if (!wanted.group) return plan::wrong_argument("Invalid \"group\" value\n", word);
        } else if (words.take_exact("master")) {
            wanted.master = TRY(words.value());
        } else if (words.take_exact("vrf")) {
            wanted.vrf = TRY(words.value());
        } else if (words.take_exact("nomaster")) {
            wanted.no_master = true;
        } else if (words.take_exact("type")) {
            auto const word = TRY(words.value());
            if (word.ends_with(port_ending))
                wanted.port_kind = word.substr(0, word.size() - port_ending.size());
            else
                wanted.kind = word;
        } else {
            if (words.take_exact("dev")) {
                if (words.done()) return plan::incomplete_line();
            } else if (words.is_prefix("help")) {
                return usage_error(plan::link_usage());
            }
            if (!wanted.device.empty()) return plan::garbage_argument("dev", words.peek());
            wanted.device = words.take();
        }
    }
    return {};
}

/// The master that the kernel filters by; where there is no such link, the complaint about the word.
Result<std::optional<topology::LinkRef>> master_of(Session& session, Selection const& wanted) {
    auto& resolver = TRY(session.settled_kernel())->resolver();
    if (wanted.vrf) {
        topology::LinkRef vrf{*wanted.vrf};
        TRY(resolver.resolve(vrf, topology::LinkRole::vrf));
        return std::optional(vrf);
    }
    if (wanted.no_master) return std::optional(topology::LinkRef{.index = ~0u});
    if (!wanted.master) return std::optional<topology::LinkRef>();
    topology::LinkRef master{*wanted.master};
    TRY(resolver.resolve(master, topology::LinkRole::master));
    return std::optional(master);
}

bool is_wanted(topology::Link const& link, Selection const& wanted,
               std::optional<topology::LinkRef> const& master) {
    if (wanted.up && !(link.flags & IFF_UP)) return false;
    if (wanted.group && link.group != wanted.group) return false;
    if (master && master->index != ~0u && (!link.master || link.master->index != master->index)) return false;
    if (!wanted.kind.empty() && link.kind_name != wanted.kind) return false;
    return wanted.port_kind.empty() || link.port_kind_name == wanted.port_kind;
}

Result<std::vector<topology::Link>> find(Session& session, Selection const& wanted,
                                         std::optional<topology::LinkRef> const& master) {
    auto* const connection = TRY(session.connection());
    if (!wanted.device.empty()) return std::vector{TRY(observe::link(*connection, {.name = wanted.device}))};
    observe::LinkQuery const query{
        .master = master, .kind = wanted.kind, .statistics = session.options().statistics > 0};
    auto set = TRY(observe::links(*connection, query));
    constexpr std::size_t few = 4;  // names are asked for one by one
    bool const all = !master && wanted.kind.empty();
    for (auto const& link : set.links) session.names().learn(link);
    if (!all && set.links.size() > few) TRY(session.names().learn_all());
    return std::move(set.links);
}

/// Links that are written as they come, each once the names that it tells are known: so a list of thousands
/// never stands in memory as a whole.
class PassingLinks {
public:
    PassingLinks(Session& session, std::function<void(topology::Link const&)> write)
        : names_(session.names()), write_(std::move(write)) {}

    void take(topology::Link&& link) {
        names_.learn(link);
        waiting_.push_back(std::move(link));
        for (; !waiting_.empty() && is_ready(waiting_.front()); waiting_.pop_front())
            write_(waiting_.front());
    }

    void write_rest() {
        for (auto const& link : waiting_) write_(link);
        waiting_.clear();
    }

private:
    /// Names of namespaces are asked for over the same connection, so links that tell one wait for the end as
    /// well.
    [[nodiscard]] bool is_ready(topology::Link const& link) const {
        bool const tells_only_these = std::holds_alternative<topology::Veth>(link.kind) ||
                                      std::holds_alternative<topology::PlainKind>(link.kind);
        if (!tells_only_these || link.lower_nsid || link.new_nsid) return false;
        return (!link.lower || names_.knows(link.lower->index)) &&
               (!link.master || names_.knows(link.master->index));
    }

    observe::LinkNames& names_;
    std::function<void(topology::Link const&)> write_;
    std::deque<topology::Link> waiting_;
};

/// Every link of the namespace.
Result<> write_all(Session& session, report::IpWriter& writer, Selection const& wanted) {
    auto const details = session.details();
    PassingLinks passing(session, [&](topology::Link const& link) {
        report::write_listed_link(writer, link, details, [&wanted](topology::Link const& one) {
            return is_wanted(one, wanted, {});
        });
        session.pass_on(writer);
    });
    observe::LinkQuery const query{.statistics = session.options().statistics > 0};
    writer.begin_list();
    TRY(observe::for_each_link(*TRY(session.connection()), query,
                               [&passing](topology::Link&& link) { passing.take(std::move(link)); }));
    passing.write_rest();
    writer.end_list();
    return {};
}

/// Those of the namespace that the kernel or `find` choose.
Result<> write_some(Session& session, report::IpWriter& writer, Selection const& wanted,
                    std::optional<topology::LinkRef> const& master) {
    auto const links = TRY(find(session, wanted, master));
    report::write_links(writer, links, session.details(), [&wanted, &master](topology::Link const& link) {
        return is_wanted(link, wanted, master);
    });
    return {};
}

Result<int> show(Session& session, plan::WordReader& words) {
    Selection wanted;
    TRY(read_selection(session, words, wanted));
    auto const master = TRY(master_of(session, wanted));
    auto writer = session.writer();
    bool const all = wanted.device.empty() && !master && wanted.kind.empty() && !session.options().details;
    if (all)
        TRY(write_all(session, writer, wanted));
    else
        TRY(write_some(session, writer, wanted, master));
    session.print(writer.take());
    return 0;
}

/// Carries out what the words said, and tells first what there is to say about them.
Result<int> perform(Session& session, plan::WordReader const& words, plan::Operation operation) {
    for (auto const& note : words.notes()) session.warn(note);
    TRY(session.perform(std::move(operation)));
    return 0;
}

Result<int> change_names(Session& session, plan::WordReader& words) {
    if (words.done() || words.is_prefix("help")) return usage_error(plan::link_usage());
    if (words.take_prefix("add")) return perform(session, words, TRY(plan::parse_link_names_add(words)));
    if (words.take_prefix("del")) return perform(session, words, TRY(plan::parse_link_names_delete(words)));
    return usage_error("Operator required");
}

Result<int> help(Session& session, plan::WordReader& words) {
    auto const usage = plan::link_kind_usage(words.peek());
    if (usage.empty()) return usage_error(plan::link_usage());
    session.print(usage + "\n");
    return 0;
}

Result<int> add(Session& session, plan::WordReader& words, plan::LinkContext const& context, bool replace) {
    auto operation = TRY(plan::parse_link_add(words, context));
    operation.replace = replace;
    return perform(session, words, std::move(operation));
}

}  // namespace

Result<int> run_ip_link(Session& session, plan::WordReader& words) {
    plan::LinkContext const context{.names = &session.number_names(), .family = session.options().family};
    if (words.done()) return show(session, words);
    if (words.take_prefix("add")) return add(session, words, context, false);
    if (words.take_prefix("set") || words.take_prefix("change"))
        return perform(session, words, TRY(plan::parse_link_set(words, context)));
    if (words.take_prefix("replace")) return add(session, words, context, true);
    if (words.take_prefix("delete"))
        return perform(session, words, TRY(plan::parse_link_delete(words, context)));
    if (words.take_prefix("show") || words.take_prefix("lst") || words.take_prefix("list"))
        return show(session, words);
    if (words.take_prefix("property")) return change_names(session, words);
    if (words.take_prefix("help")) return help(session, words);
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip link help\".", words.peek()));
}

}  // namespace vethwork::app
