#include <vethwork/plan/link_operation.hpp>

#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

std::vector<std::string> after(std::vector<std::string> words, std::vector<std::string> const& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

std::string AddLink::describe() const { return fmt::format("add link \"{}\"", link.name); }
std::string ChangeLink::describe() const { return fmt::format("change link \"{}\"", changes.name); }
std::string DeleteLink::describe() const { return fmt::format("delete link \"{}\"", link.name); }

std::vector<std::string> AddLink::words() const {
    auto words = after({"link", replace ? "replace" : "add"}, link_words(link));
    add_kind_words(link, words);
    return words;
}

std::vector<std::string> ChangeLink::words() const {
    auto settings = changes;
    settings.name.clear();
    std::vector<std::string> words{"link", "set"};
    if (group)
        words.insert(words.end(), {"group", std::to_string(*group)});
    else
        words.insert(words.end(), {"dev", changes.name});
    words = after(words, link_words(settings));
    add_kind_words(changes, words);
    return words;
}

std::vector<std::string> DeleteLink::words() const {
    std::vector<std::string> words{"link", "delete"};
    if (group) return after(words, {"group", std::to_string(*group)});
    words = after(words, {"dev", link.name});
    topology::Link kind_only;
    kind_only.kind = kind;
    add_kind_words(kind_only, words);
    return words;
}

std::string AddLinkNames::describe() const { return fmt::format("add names to link \"{}\"", link.name); }
std::string DeleteLinkNames::describe() const {
    return fmt::format("delete names of link \"{}\"", link.name);
}

namespace {

std::vector<std::string> names_words(std::string_view verb, std::string const& device,
                                     std::vector<std::string> const& names) {
    std::vector<std::string> words{"link", "property", std::string(verb), "dev", device};
    for (auto const& name : names) words.insert(words.end(), {"altname", name});
    return words;
}

template <class Operation>
Result<Operation> parse_names(WordReader& words) {
    Operation operation;
    while (!words.done()) {
        if (words.take_prefix("altname")) {
            auto const word = TRY(words.value());
            if (!is_alternative_name(word)) return wrong_argument("not a valid altname", word);
            operation.names.push_back(word);
            continue;
        }
        if (words.is_prefix("help")) return usage_error(link_usage());
        words.take_exact("dev");
        auto const word = TRY(words.value());
        if (!operation.link.name.empty()) return garbage_argument("dev", word);
        if (!is_alternative_name(word)) return wrong_argument("\"dev\" not a valid ifname", word);
        operation.link.name = word;
    }
    if (operation.link.name.empty())
        return usage_error("Not enough of information: \"dev\" argument is required.");
    return operation;
}

}  // namespace

std::vector<std::string> AddLinkNames::words() const { return names_words("add", link.name, names); }
std::vector<std::string> DeleteLinkNames::words() const { return names_words("del", link.name, names); }

Result<AddLink> parse_link_add(WordReader& words, LinkContext context) {
    context.purpose = LinkPurpose::add;
    return AddLink{.link = TRY(read_link(words, context)).link};
}

Result<ChangeLink> parse_link_set(WordReader& words, LinkContext context) {
    context.purpose = LinkPurpose::set;
    ChangeLink change{.changes = TRY(read_link(words, context)).link, .group = {}};
    if (change.changes.name.empty()) change.group = std::exchange(change.changes.group, {});
    return change;
}

Result<DeleteLink> parse_link_delete(WordReader& words, LinkContext context) {
    context.purpose = LinkPurpose::remove;
    auto const link = TRY(read_link(words, context)).link;
    if (link.name.empty()) return DeleteLink{.link = {}, .group = link.group, .kind = {}};
    return DeleteLink{.link = {link.name}, .group = {}, .kind = link.kind};
}

Result<AddLinkNames> parse_link_names_add(WordReader& words) { return parse_names<AddLinkNames>(words); }
Result<DeleteLinkNames> parse_link_names_delete(WordReader& words) {
    return parse_names<DeleteLinkNames>(words);
}

}  // namespace vethwork::plan
