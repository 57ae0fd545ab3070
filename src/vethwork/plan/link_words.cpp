#include <vethwork/plan/link_words.hpp>

#include <linux/if.h>

#include <vethwork/plan/link_kind_words.hpp>
#include <vethwork/plan/link_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;

void set_flag(Link& link, unsigned flag, bool on) {
    link.flags_mask |= flag;
    link.flags = on ? link.flags | flag : link.flags & ~flag;
}

Result<> parse_name(WordReader& words, Link& link, LinkPurpose purpose) {
    auto const name = TRY(words.value());
    if (!is_link_name(name)) return wrong_argument("not a valid ifname", name);
    if (purpose == LinkPurpose::set && !link.name.empty())
        link.new_name = name;
    else
        link.name = name;
    return {};
}

Result<> parse_kind(WordReader& words, Link& link) {
    auto const name = TRY(words.value());
    auto const* const row = find_kind_words(name);
    link.kind = row ? row->make() : topology::PlainKind{name};
    if (row) return row->parse(words, link.kind);
    if (!words.done())
        return usage_error(
            fmt::format("Garbage instead of arguments \"{} ...\". Try \"ip link help\".", words.peek()));
    return {};
}

/// One setting; false where the word is no keyword of a link.
Result<bool> parse_setting(WordReader& words, Link& link, LinkPurpose purpose) {
    if (words.take_exact("up")) {
        set_flag(link, IFF_UP, true);
    } else if (words.take_exact("down")) {
        set_flag(link, IFF_UP, false);
    } else if (words.take_exact("name")) {
        TRY(parse_name(words, link, purpose));
    } else if (words.take_prefix("address")) {
        auto const word = TRY(words.value());
        link.address = LinkAddress::parse(word);
        if (!link.address) return usage_error(fmt::format("\"{}\" is invalid lladdr.", word));
    } else if (words.take_exact("mtu")) {
        link.mtu = TRY(words.number<std::uint32_t>("Invalid \"mtu\" value\n"));
    } else if (words.take_exact("netns")) {
        link.netns = read_namespace(TRY(words.value()));
    } else if (words.take_exact("master")) {
        link.master = topology::LinkRef{TRY(words.value())};
    } else if (words.take_exact("nomaster")) {
        link.master = topology::LinkRef{};
    } else if (words.take_prefix("type")) {
        TRY(parse_kind(words, link));
    } else {
        return false;
    }
    return true;
}

}  // namespace

topology::NamespaceRef read_namespace(std::string const& word) {
    if (auto const pid = parse_number<std::int32_t>(word); pid && *pid > 0)
        return {.name = word, .pid = *pid};
    return {.name = word};
}

Result<> parse_link(WordReader& words, Link& link, LinkPurpose purpose) {
    while (!words.done()) {
        if (TRY(parse_setting(words, link, purpose))) continue;
        if (words.take_exact("dev")) {
            link.name = TRY(words.value());
            continue;
        }
        if (!link.name.empty()) return garbage_argument("dev", words.peek());
        link.name = words.take();
    }
    return {};
}

std::vector<std::string> link_words(Link const& link) {
    std::vector<std::string> words;
    auto const add = [&words](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
    if (!link.name.empty()) add({"name", link.name});
    if (link.address) add({"address", link.address->to_string()});
    if (link.mtu) add({"mtu", std::to_string(*link.mtu)});
    if (link.netns) add({"netns", link.netns->name});
    if (link.master && link.master->name.empty()) add({"nomaster"});
    if (link.master && !link.master->name.empty()) add({"master", link.master->name});
    if (link.flags_mask & IFF_UP) add({link.flags & IFF_UP ? "up" : "down"});
    return words;
}

}  // namespace vethwork::plan
