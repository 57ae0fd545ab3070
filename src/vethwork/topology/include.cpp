#include <algorithm>

#include <fmt/format.h>

#include <vethwork/topology/check_fields.hpp>
#include <vethwork/topology/expand.hpp>
#include <vethwork/topology/merge.hpp>

namespace vethwork::topology {

namespace {

/// The folder of `name`, with its slash; empty for none.
std::string folder_of(std::string const& name) {
    auto const slash = name.rfind('/');
    return slash == std::string::npos ? std::string{} : name.substr(0, slash + 1);
}

class Includer {
public:
    Includer(Sources& sources, FileReader const& reader, Complaints& complaints)
        : sources_(sources), reader_(reader), complaints_(complaints) {}

    std::optional<YamlNode> read(std::uint16_t file) {
        auto tree = parse_yaml(sources_, file, complaints_);
        if (!tree) return {};
        if (tree->kind != YamlKind::map) {
            complaints_.error("E108", tree->place,
                              fmt::format("a topology file is a map, this is {}", describe(tree->kind)),
                              "begin it with 'vethwork: 1'");
            return {};
        }
        open_.push_back(sources_.name(file));
        bool const good = merge_included(*tree, file);
        open_.pop_back();
        return good ? std::move(tree) : std::nullopt;
    }

private:
    bool merge_included(YamlNode& tree, std::uint16_t file) {
        auto const* const found = tree.find("include");
        if (!found) return true;
        YamlNode const include = *found;
        if (!check_type(include, "text|[text]", complaints_)) return false;
        std::vector<YamlNode> const names =
            include.kind == YamlKind::list ? include.items : std::vector<YamlNode>{include};
        YamlNode merged{.kind = YamlKind::map, .place = tree.place};
        bool good = true;
        for (auto const& name : names) good &= merge_one(merged, name, file);
        std::erase_if(tree.entries, [](YamlEntry const& entry) { return entry.key == "include"; });
        merge_over(merged, tree);
        merged.place = tree.place;
        tree = std::move(merged);
        return good;
    }

    bool fail(YamlNode const& name, std::string message, std::string hint = {}) {
        complaints_.error("E223", name.place, std::move(message), std::move(hint));
        return false;
    }

    bool merge_one(YamlNode& merged, YamlNode const& name, std::uint16_t file) {
        auto const path = name.text.starts_with('/') ? name.text : folder_of(sources_.name(file)) + name.text;
        if (std::find(open_.begin(), open_.end(), path) != open_.end())
            return fail(name, fmt::format("'{}' includes itself", name.text));
        if (open_.size() >= most_include_depth || sources_.size() > 64)
            return fail(name, "too many files include each other");
        auto text = reader_ ? reader_(path) : std::nullopt;
        if (!text)
            return fail(name, fmt::format("cannot read '{}'", path),
                        "the path is relative to the file that includes it");
        auto included = read(sources_.add(path, std::move(*text)));
        if (included) merge_over(merged, *included);
        return included.has_value();
    }

    Sources& sources_;
    FileReader const& reader_;
    Complaints& complaints_;
    std::vector<std::string> open_;
};

}  // namespace

void merge_over(YamlNode& under, YamlNode const& over) {
    if (under.kind != YamlKind::map || over.kind != YamlKind::map) {
        if (over.kind != YamlKind::empty) under = over;
        return;
    }
    for (auto const& entry : over.entries) {
        YamlNode* const found = under.find(entry.key);
        if (!found) {
            under.entries.push_back(entry);
        } else if (found->kind == YamlKind::list && entry.value.kind == YamlKind::list &&
                   (entry.key == "links" || entry.key == "tests")) {
            found->items.insert(found->items.end(), entry.value.items.begin(), entry.value.items.end());
        } else {
            merge_over(*found, entry.value);
        }
    }
}

std::optional<YamlNode> read_tree(Sources& sources, FileReader const& reader, Complaints& complaints) {
    return Includer(sources, reader, complaints).read(0);
}

}  // namespace vethwork::topology
