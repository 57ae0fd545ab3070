#include <vethwork/topology/pin.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::topology {

namespace {

/// What is to be put in place of `length` bytes from `begin`.
struct Edit {
    std::size_t begin = 0, length = 0;
    std::string text;
};

class Pinner {
public:
    Pinner(Lab const& lab, PinAddresses which) : lab_(lab), which_(which), text_(lab.sources.text(0)) {}

    Pinned run() {
        gather();
        Pinned pinned;
        std::vector<Edit> edits;
        for (auto const& [position, ends] : places_) {
            auto const edit = ends.size() == 1 ? edit_of(*ends[0]) : std::nullopt;
            if (!edit) pinned.left.push_back(ends[0]->place);
            if (edit && !edit->text.empty()) edits.push_back(*edit);
        }
        pinned.ends = edits.size();
        pinned.text = text_;
        std::ranges::sort(edits, {}, &Edit::begin);
        for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
            pinned.text.replace(edit->begin, edit->length, edit->text);
        return pinned;
    }

private:
    /// Ends of the main file that have something automatic, by where they stand.
    void gather() {
        for (auto const& link : lab_.links)
            for (auto const& end : link.ends)
                if (end.place.file == 0 && end.place.line > 0)
                    places_[{end.place.line, end.place.column}].push_back(&end);
    }

    /// Columns count characters.
    [[nodiscard]] std::size_t offset_of(Place const& place) const {
        std::size_t at = 0;
        for (std::uint32_t line = 1; line < place.line; ++line) at = text_.find('\n', at) + 1;
        for (std::uint32_t column = 1; column < place.column && at < text_.size(); ++column) do
                ++at;
            while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xc0) == 0x80);
        return at;
    }

    /// Nothing where it cannot be written there; an empty text where all is written already.
    [[nodiscard]] std::optional<Edit> edit_of(LabEnd const& end) const {
        auto const begin = offset_of(end.place);
        if (begin >= text_.size()) return {};
        auto const added = automatic_part(end);
        if (added.empty()) return Edit{};
        if (is_value_of_node(begin)) {
            auto const open = begin_of_map(begin);
            auto const close = open == std::string::npos ? open : end_of_map(open);
            if (close == std::string::npos) return {};
            auto const last = text_.find_last_not_of(" \n", close - 1) + 1;
            return Edit{last, 0, ", " + join(added, ", ")};
        }
        if (end.place.width == 0) return {};
        auto const length = length_of_word(begin);
        auto const word = text_.substr(begin, length);
        if (word.find("$(") != std::string::npos || word.find('*') != std::string::npos) return {};
        auto parts = added;
        if (end.named) parts.insert(parts.begin(), "if: " + yaml_scalar(end.interface));
        parts.insert(parts.begin(), "node: " + yaml_scalar(lab_.nodes[end.node].name));
        return Edit{begin, length, "{ " + join(parts, ", ") + " }"};
    }

    [[nodiscard]] std::vector<std::string> automatic_part(LabEnd const& end) const {
        std::vector<std::string> parts;
        if (!end.named) parts.push_back("if: " + yaml_scalar(end.interface));
        if (!end.addressed && !end.addresses.empty()) {
            std::vector<std::string> list;
            for (auto const& prefix : end.addresses) list.push_back(yaml_scalar(prefix.to_string()));
            parts.push_back("ip: " + yaml_one_or_list(list));
        }
        if (which_ == PinAddresses::ip_and_mac && !end.mac) parts.push_back("mac: " + mac_of(end));
        return parts;
    }

    /// FNV-1a of the names; bit 1 of the first octet says that nobody sold it.
    [[nodiscard]] std::string mac_of(LabEnd const& end) const {
        std::uint64_t hash = 0xcbf29ce484222325;
        for (char const c : lab_.name + "/" + lab_.nodes[end.node].name + "/" + end.interface)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        auto const octet = [hash](unsigned number) {
            return static_cast<unsigned>(hash >> (8 * number)) & 0xff;
        };
        return fmt::format("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", octet(0), octet(1), octet(2), octet(3),
                           octet(4));
    }

    /// The long form of an end, { node: X, … }: its place is that of X.
    [[nodiscard]] bool is_value_of_node(std::size_t begin) const {
        auto const before = trim(std::string_view(text_).substr(0, begin));
        return before.ends_with("node:");
    }
    /// The { that `inside` is in; nothing where the map is written without.
    [[nodiscard]] std::size_t begin_of_map(std::size_t inside) const {
        int depth = 0;
        for (std::size_t at = inside; at-- > 0;) {
            char const c = text_[at];
            if (c == '}' || c == ']') ++depth;
            if ((c == '{' || c == '[') && depth-- == 0) return c == '{' ? at : std::string::npos;
            if (c == '\n' && depth == 0 && at + 1 < inside && text_[at + 1] != ' ') break;
        }
        return std::string::npos;
    }

    [[nodiscard]] std::size_t length_of_word(std::size_t begin) const {
        char const quote = text_[begin];
        if (quote == '"' || quote == '\'') return text_.find(quote, begin + 1) + 1 - begin;
        return std::min(text_.find_first_of(" ,]}\n", begin), text_.size()) - begin;
    }

    [[nodiscard]] std::size_t end_of_map(std::size_t begin) const {
        char quote = 0;
        int depth = 0;
        for (std::size_t at = begin; at < text_.size(); ++at) {
            char const c = text_[at];
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return at;
            }
        }
        return std::string::npos;
    }

    Lab const& lab_;
    PinAddresses which_;
    std::string const& text_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<LabEnd const*>> places_;
};

}  // namespace

Pinned pin(Lab const& lab, PinAddresses which) { return Pinner(lab, which).run(); }

}  // namespace vethwork::topology
