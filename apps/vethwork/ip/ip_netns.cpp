// ip netns. Source: ip-netns(8).
#include <unistd.h>

#include <algorithm>

#include <vethwork/netns/execute.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/netns/processes.hpp>
#include <vethwork/netns/watch.hpp>
#include <vethwork/observe/namespace_ids.hpp>
#include <vethwork/plan/namespace_operation.hpp>
#include <vethwork/report/ip_netns.hpp>

#include "ip/objects.hpp"

namespace vethwork::app {

namespace {

constexpr std::string_view usage =
    "Usage:\tip netns list\n"
    "\tip netns add NAME\n"
    "\tip netns attach NAME PID\n"
    "\tip netns set NAME NETNSID\n"
    "\tip [-all] netns delete [NAME]\n"
    "\tip netns identify [PID]\n"
    "\tip netns pids NAME\n"
    "\tip [-all] netns exec [NAME] cmd ...\n"
    "\tip netns monitor\n"
    "\tip netns list-id [target-nsid POSITIVE-INT] [nsid POSITIVE-INT]\n"
    "NETNSID := auto | POSITIVE-INT";

constexpr int cannot_settle = 255;

/// `target-nsid N` or `nsid N`.
Result<bool> take_id(plan::WordReader& words, std::string_view keyword, std::optional<int>& id) {
    if (words.peek() != keyword) return false;
    if (id) return plan::duplicate_argument(keyword, words.peek());
    words.skip();
    id = TRY(words.number<int>(fmt::format("\"{}\" value is invalid", keyword)));
    if (*id < 0)
        return plan::wrong_argument(fmt::format("\"{}\" value should be >= 0", keyword),
                                    words.done() ? "(null)" : words.peek());
    return true;
}

void fill_name(topology::NamespaceId& id, observe::NamespaceNames& names) {
    auto const shown = id.tells_current ? id.current_nsid : id.nsid;
    if (shown) id.name = names.name(*shown);
    if (id.name.empty() && id.nsid) id.name = names.name(*id.nsid);
}

Result<int> list(Session& session, plan::WordReader&) {
    auto const all = TRY(observe::named_namespaces(*TRY(session.connection())));
    if (all.empty() && ::access(netns::run_dir, F_OK) != 0) return 0;
    auto writer = session.writer();
    report::write_namespaces(writer, all);
    session.print(writer.take());
    return 0;
}

Result<int> list_ids(Session& session, plan::WordReader& words) {
    std::optional<int> nsid, target;
    while (!words.done())
        if (!TRY(take_id(words, "target-nsid", target)) && !TRY(take_id(words, "nsid", nsid)))
            return usage_error(std::string(usage));
    auto& connection = *TRY(session.connection());
    std::vector<topology::NamespaceId> ids;
    if (nsid) {
        ids.push_back(TRY(observe::namespace_id(connection, *nsid, target)));
    } else {
        auto all = observe::namespace_ids(connection, target);
        if (!all) return session.complain_of_dump(all.error());
        ids = std::move(*all);
    }
    for (auto& id : ids) fill_name(id, session.namespace_names());
    auto writer = session.writer();
    report::write_namespace_ids(writer, ids);
    session.print(writer.take());
    return 0;
}

Result<int> add(Session& session, plan::WordReader& words) {
    TRY(session.perform(TRY(plan::parse_namespace_add(words))));
    return 0;
}

Result<int> attach(Session& session, plan::WordReader& words) {
    TRY(session.perform(TRY(plan::parse_namespace_attach(words))));
    return 0;
}

Result<int> set(Session& session, plan::WordReader& words) {
    TRY(session.perform(TRY(plan::parse_namespace_set(words))));
    return 0;
}

/// All names; the first that cannot be removed is complained of and ends it, without a trace in the status.
Result<int> remove_all(Session& session) {
    for (auto const& name : TRY(netns::list())) {
        auto const removed = session.perform(plan::DeleteNamespace{name});
        if (removed) continue;
        session.complain(removed.error());
        break;
    }
    return 0;
}

Result<int> remove(Session& session, plan::WordReader& words) {
    if (session.options().all) return remove_all(session);
    TRY(session.perform(TRY(plan::parse_namespace_delete(words))));
    return 0;
}

Result<int> identify(Session& session, plan::WordReader& words) {
    if (words.rest().size() > 1) return lookup_error("extra arguments specified");
    std::string const pid = words.done() ? "self" : words.take();
    if (pid != "self" && !std::ranges::all_of(pid, [](char c) { return c >= '0' && c <= '9'; }))
        return lookup_error(fmt::format("Specified string '{}' is not a pid", pid));
    auto const names = TRY(netns::names_of_process(pid));
    session.print((names.empty() ? std::string() : names.back()) + "\n");
    return 0;
}

Result<int> pids(Session& session, plan::WordReader& words) {
    if (words.done()) return lookup_error("No netns name specified");
    if (words.rest().size() > 1) return lookup_error("extra arguments specified");
    std::string text;
    for (pid_t const pid : TRY(netns::processes_in(words.take()))) text += std::to_string(pid) + "\n";
    session.print(text);
    return 0;
}

void complain_plainly(Error const& error) { fmt::print(stderr, "{}\n", error_text(error)); }

Result<int> execute_in_all(Session& session, plan::WordReader& words) {
    if (words.done()) return lookup_error("No command specified");
    for (auto const& name : TRY(netns::list())) {
        session.print("\nnetns: " + name + "\n");
        session.flush();
        (void)TRY(netns::run_in(name, words.rest(), complain_plainly));
    }
    return 0;
}

Result<int> execute(Session& session, plan::WordReader& words) {
    if (session.options().all) return execute_in_all(session, words);
    if (words.done()) return lookup_error("No netns name specified");
    std::string const name = words.take();
    if (words.done()) return lookup_error("No command specified");
    session.flush();
    if (session.in_batch()) return netns::run_in(name, words.rest(), complain_plainly);
    auto const settled = netns::settle_in(name);
    if (!settled) return session.complain(settled.error()), cannot_settle;
    for (auto const& warning : *settled) session.complain(warning);
    return netns::become(words.rest());
}

Result<int> monitor(Session& session, plan::WordReader&) {
    auto watch = TRY(netns::NameWatch::open());
    for (;;) {
        TRY(watch.wait([&session](netns::NameEvent event, std::string_view name) {
            session.print(fmt::format("{} {}\n", event == netns::NameEvent::added ? "add" : "delete", name));
        }));
        session.flush();
    }
}

Result<int> help(Session&, plan::WordReader&) { return usage_error(std::string(usage)); }

constexpr std::array commands{
    IpCommand{"list", list},        IpCommand{"show", list},     IpCommand{"lst", list},
    IpCommand{"list-id", list_ids}, IpCommand{"help", help},     IpCommand{"add", add},
    IpCommand{"set", set},          IpCommand{"delete", remove}, IpCommand{"identify", identify},
    IpCommand{"pids", pids},        IpCommand{"exec", execute},  IpCommand{"monitor", monitor},
    IpCommand{"attach", attach},
};

}  // namespace

Result<int> run_ip_netns(Session& session, plan::WordReader& words) {
    if (words.done()) return list(session, words);
    if (!session.options().all && words.rest().size() > 1 && !netns::is_valid_name(words.peek_second()))
        return usage_error(fmt::format("Invalid netns name \"{}\"", words.peek_second()));
    return run_command(session, words, "netns", commands);
}

}  // namespace vethwork::app
