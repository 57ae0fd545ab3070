#include <vethwork/plan/link_operation.hpp>

#include <vethwork/plan/link_kind_words.hpp>
#include <vethwork/plan/link_words.hpp>

namespace vethwork::plan {

namespace {

std::vector<std::string> after(std::vector<std::string> words, std::vector<std::string> const& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

/// The words of the kind's name and its settings.
void add_kind_words(topology::Link const& link, std::vector<std::string>& words) {
    if (auto const* const plain = std::get_if<topology::PlainKind>(&link.kind)) {
        if (!plain->name.empty()) words.insert(words.end(), {"type", plain->name});
        return;
    }
    for (auto const* const row : {&bridge_words, &veth_words}) {
        if (row->make().index() != link.kind.index()) continue;
        words.insert(words.end(), {"type", std::string(row->name)});
        row->print(link.kind, words);
    }
}

}  // namespace

std::string AddLink::describe() const { return fmt::format("add link \"{}\"", link.name); }
std::string ChangeLink::describe() const { return fmt::format("change link \"{}\"", changes.name); }
std::string DeleteLink::describe() const { return fmt::format("delete link \"{}\"", link.name); }

std::vector<std::string> AddLink::words() const {
    auto words = after({"link", "add"}, link_words(link));
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
    if (group) return {"link", "delete", "group", std::to_string(*group)};
    return {"link", "delete", "dev", link.name};
}

Result<AddLink> parse_link_add(WordReader& words) {
    AddLink add;
    TRY(parse_link(words, add.link, LinkPurpose::add));
    return add;
}

Result<ChangeLink> parse_link_set(WordReader& words) {
    ChangeLink change;
    TRY(parse_link(words, change.changes, LinkPurpose::set));
    return change;
}

Result<DeleteLink> parse_link_delete(WordReader& words) {
    topology::Link link;
    TRY(parse_link(words, link, LinkPurpose::set));
    return DeleteLink{.link = {link.name}, .kind = link.kind};
}

}  // namespace vethwork::plan
