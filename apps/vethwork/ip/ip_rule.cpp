// ip rule. Source: ip-rule(8).
#include <vethwork/plan/rule_filter_words.hpp>
#include <vethwork/plan/rule_operation.hpp>

#include "ip/objects.hpp"
#include "ip/routing.hpp"

namespace vethwork::app {

namespace {

constexpr int invalid_argument = 22;  // what iproute2 gives for one complaint

Family family_of(Session const& session) { return session.options().family.value_or(Family::ipv4); }

Result<int> add(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto operation = plan::parse_rule_add(words, context);
    tell_warnings(context);
    if (!operation && operation.error().attempt == plan::l3_table_complaint)
        return session.complain(operation.error()), invalid_argument;
    TRY(session.perform(TRY(std::move(operation))));
    return 0;
}

Result<int> remove(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto operation = plan::parse_rule_delete(words, context);
    tell_warnings(context);
    if (!operation && operation.error().attempt == plan::l3_table_complaint)
        return session.complain(operation.error()), invalid_argument;
    TRY(session.perform(TRY(std::move(operation))));
    return 0;
}

Result<int> show(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto const filter = TRY(plan::parse_rule_filter(words, context));
    auto rules = observe::rules(*TRY(session.connection()), family_of(session));
    if (!rules) return end_dump(session, rules.error(), "Dump terminated", 1);
    std::erase_if(*rules, [&filter](auto const& rule) { return !filter.accepts(rule); });
    auto writer = session.writer();
    report::write_rules(writer, *rules, routing_details(session));
    session.print(writer.take());
    return 0;
}

/// Rules without a priority stay: that is the kernel's first one.
Result<int> flush(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto const filter = TRY(plan::parse_rule_filter(words, context));
    auto const rules = observe::rules(*TRY(session.connection()), family_of(session));
    if (!rules) return end_dump(session, rules.error(), "Dump terminated", 1);
    apply::LinuxKernel kernel(*TRY(session.connection()));
    for (auto const& rule : *rules) {
        if (!filter.accepts(rule) || !rule.priority) continue;
        if (filter.protocol && rule.protocol && *rule.protocol != *filter.protocol) continue;
        if (auto const done = kernel.perform(plan::delete_rule(rule)); !done)
            return end_dump(session, done.error(), "Dump terminated", 1);
    }
    if (session.options().json) {
        auto writer = session.writer();
        report::write_rules(writer, {}, routing_details(session));
        session.print(writer.take());
    }
    return 0;
}

Result<int> save(Session& session, plan::WordReader& words) {
    if (!words.done()) return plan::refused("\"ip rule save\" does not take any arguments.");
    TRY(begin_message_file(session, rule_file));
    std::string saved;
    auto const done = observe::rule_messages(*TRY(session.connection()), family_of(session),
                                             [&saved](netlink::Message const& message) -> Result<> {
                                                 append_message(saved, message);
                                                 return {};
                                             });
    session.print(saved);
    if (!done) return end_dump(session, done.error(), "Dump terminated", 1);
    return 0;
}

Result<int> restore(Session& session) {
    auto const file = read_message_file(rule_file);
    if (!file) return usage_error(file.error().attempt);
    netlink::MessageReader reader(as_bytes(*file));
    while (auto const message = reader.next())
        if (auto const done = restore_message(session, *message); !done)
            return session.complain(done.error()), 255;
    return 0;
}

}  // namespace

Result<int> run_ip_rule(Session& session, plan::WordReader& words) {
    if (words.done() || words.take_prefix("list") || words.take_prefix("lst") || words.take_prefix("show"))
        return show(session, words);
    if (words.take_prefix("save")) return save(session, words);
    if (words.take_prefix("restore")) return restore(session);
    if (words.take_prefix("add")) return add(session, words);
    if (words.take_prefix("delete")) return remove(session, words);
    if (words.take_prefix("flush")) return flush(session, words);
    if (words.take_prefix("help")) return plan::rule_usage();
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip rule help\".", words.peek()));
}

}  // namespace vethwork::app
