// ip nexthop. Source: ip-nexthop(8).
#include <vethwork/plan/nexthop_operation.hpp>

#include "ip/objects.hpp"
#include "ip/routing.hpp"

namespace vethwork::app {

namespace {

struct Selector {
    observe::NexthopQuery query;
    std::uint32_t protocol = 0;       ///< 0: all
    std::optional<std::uint32_t> id;  ///< then only this one
};

/// The index of a device that must be there.
Result<std::uint32_t> take_device(Session& session, plan::WordReader& words) {
    auto const name = TRY(words.value());
    auto const index = link_index(session, name);
    if (!index) return plan::wrong_argument("Device does not exist\n", name);
    return *index;
}

Result<std::uint32_t> take_vrf(Session& session, plan::WordReader& words) {
    auto const name = TRY(words.value());
    if (name == "default" || !observe::vrf_table(*TRY(session.connection()), name))
        return plan::wrong_argument("Invalid VRF\n", name);
    return link_index(session, name);
}

/// One of the selectors that next hops and buckets share; false where the present word is none.
Result<bool> take_common(Session& session, plan::WordReader& words, Selector& selector) {
    if (words.take_prefix("dev"))
        selector.query.link_index = TRY(take_device(session, words));
    else if (words.take_prefix("master"))
        selector.query.master_index = TRY(take_device(session, words));
    else if (words.take_prefix("vrf"))
        selector.query.master_index = TRY(take_vrf(session, words));
    else if (words.take_exact("id"))
        selector.id = TRY(plan::take_nexthop_id(words));
    else
        return false;
    return true;
}

/// What stands behind `id ID` is not looked at.
Result<Selector> take_selector(Session& session, plan::WordReader& words) {
    Selector selector{.query = {.family = session.options().family}, .protocol = 0, .id = {}};
    while (!words.done() && !selector.id) {
        if (words.is_prefix("groups") && !words.is_prefix("dev")) {
            words.skip();
            selector.query.groups = true;
        } else if (TRY(take_common(session, words, selector))) {
            continue;
        } else if (words.take_prefix("protocol")) {
            selector.protocol = TRY(words.number<std::uint32_t>("invalid protocol value"));
        } else if (words.take_prefix("fdb")) {
            selector.query.fdb = true;
        } else if (words.is_prefix("help")) {
            return plan::nexthop_usage();
        } else {
            return plan::wrong_argument("", words.peek());
        }
    }
    return selector;
}

Result<int> print(Session& session, std::span<topology::Nexthop const> nexthops) {
    auto writer = session.writer();
    report::write_nexthops(writer, nexthops, routing_details(session));
    session.print(writer.take());
    return 0;
}

Result<int> print_one(Session& session, std::uint32_t id) {
    auto const nexthop = TRY(observe::nexthop(*TRY(session.connection()), session.options().family, id));
    return print(session, {&nexthop, 1});
}

Result<int> show(Session& session, plan::WordReader& words) {
    auto const selector = TRY(take_selector(session, words));
    if (selector.id) return print_one(session, *selector.id);
    auto nexthops = observe::nexthops(*TRY(session.connection()), selector.query);
    if (!nexthops) return end_dump(session, nexthops.error(), "Dump terminated", 2);
    std::erase_if(*nexthops, [&selector](auto const& nexthop) {
        return selector.protocol != 0 && nexthop.protocol != selector.protocol;
    });
    return print(session, *nexthops);
}

Result<int> get(Session& session, plan::WordReader& words) {
    std::uint32_t id = 0;
    while (words.take_exact("id")) id = TRY(plan::take_nexthop_id(words));
    if (!words.done() || id == 0) return plan::nexthop_usage();
    return print_one(session, id);
}

Result<> remove_one(Session& session, std::uint32_t id) {
    return apply::LinuxKernel(*TRY(session.connection())).perform(plan::DeleteNexthop{{.id = id}});
}

/// Deletes what one dump gives; those that the kernel keeps are complained of.
Result<int> flush_once(Session& session, Selector const& selector) {
    int flushed = 0;
    for (auto const& nexthop : TRY(observe::nexthops(*TRY(session.connection()), selector.query))) {
        if (selector.protocol != 0 && nexthop.protocol != selector.protocol) continue;
        if (auto const done = remove_one(session, nexthop.id.value_or(0)); done)
            ++flushed;
        else
            session.complain(done.error());
    }
    return flushed;
}

Result<int> flush(Session& session, plan::WordReader& words) {
    bool const all = words.done();
    auto selector = TRY(take_selector(session, words));
    if (selector.id) {
        auto const done = remove_one(session, *selector.id);
        return done ? 0 : (session.complain(done.error()), 1);
    }
    int flushed = 0, status = 0;
    // Groups go first: what they are made of goes with its last group no more.
    for (bool const groups : {true, false}) {
        if (all) selector.query.groups = groups;
        if (!all && groups) continue;
        auto const gone = flush_once(session, selector);
        if (!gone) {
            status = end_dump(session, gone.error(), "Dump terminated. Failed to flush nexthops", 2);
            break;
        }
        flushed += *gone;
    }
    session.print(flushed == 0 ? "Nothing to flush\n" : fmt::format("Flushed {} nexthops\n", flushed));
    return status;
}

Result<int> put(Session& session, plan::WordReader& words, plan::NexthopMode mode) {
    auto context = routing_context(session);
    TRY(session.perform(TRY(plan::parse_nexthop_put(words, mode, context))));
    return 0;
}

Result<int> remove(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    TRY(session.perform(TRY(plan::parse_nexthop_delete(words, context))));
    return 0;
}

Result<int> print_buckets(Session& session, std::span<topology::NexthopBucket const> buckets) {
    auto writer = session.writer();
    report::write_nexthop_buckets(writer, buckets);
    session.print(writer.take());
    return 0;
}

Result<int> show_buckets(Session& session, plan::WordReader& words) {
    Selector selector{.query = {.family = session.options().family}, .protocol = 0, .id = {}};
    while (!words.done()) {
        if (TRY(take_common(session, words, selector))) continue;
        if (words.take_exact("nhid"))
            selector.query.member_id = TRY(plan::take_nexthop_id(words));
        else if (words.is_prefix("help"))
            return plan::nexthop_usage();
        else
            return plan::wrong_argument("", words.peek());
    }
    selector.query.id = selector.id.value_or(0);
    auto const buckets = observe::nexthop_buckets(*TRY(session.connection()), selector.query);
    if (!buckets) return end_dump(session, buckets.error(), "Dump terminated", 2);
    return print_buckets(session, *buckets);
}

Result<int> get_bucket(Session& session, plan::WordReader& words) {
    std::uint32_t id = 0;
    std::optional<std::uint16_t> index;
    while (!words.done()) {
        if (words.take_exact("id"))
            id = TRY(plan::take_nexthop_id(words));
        else if (words.take_exact("index"))
            index = TRY(words.number<std::uint16_t>("invalid bucket index value"));
        else
            return plan::nexthop_usage();
    }
    if (id == 0 || !index) return plan::nexthop_usage();
    auto const bucket =
        TRY(observe::nexthop_bucket(*TRY(session.connection()), session.options().family, id, *index));
    return print_buckets(session, {&bucket, 1});
}

Error unknown_command(plan::WordReader const& words) {
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip nexthop help\".", words.peek()));
}

Result<int> run_buckets(Session& session, plan::WordReader& words) {
    if (words.done() || words.take_prefix("list") || words.take_prefix("show") || words.take_prefix("lst"))
        return show_buckets(session, words);
    if (words.take_prefix("get")) return get_bucket(session, words);
    if (words.take_prefix("help")) return plan::nexthop_usage();
    return unknown_command(words);
}

}  // namespace

Result<int> run_ip_nexthop(Session& session, plan::WordReader& words) {
    if (words.done()) return show(session, words);
    if (words.take_prefix("add")) return put(session, words, plan::NexthopMode::add);
    if (words.take_prefix("replace")) return put(session, words, plan::NexthopMode::replace);
    if (words.take_prefix("delete")) return remove(session, words);
    if (words.take_prefix("list") || words.take_prefix("show") || words.take_prefix("lst"))
        return show(session, words);
    if (words.take_prefix("get")) return get(session, words);
    if (words.take_prefix("flush")) return flush(session, words);
    if (words.take_prefix("bucket")) return run_buckets(session, words);
    if (words.take_prefix("help")) return plan::nexthop_usage();
    return unknown_command(words);
}

}  // namespace vethwork::app
