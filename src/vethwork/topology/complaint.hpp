// What is wrong with a topology file, where, and what would be right. The text is
//
//     branch.vethwork.yaml:8:11: error: '1O%' is not a percentage
//         loss: 1O%
//               ^~~
//       hint: did you mean 10%?  [E207]
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vethwork::topology {

/// A stretch of one line of one file. Lines and columns count from 1, columns in characters; line 0 is
/// nowhere.
struct Place {
    std::uint16_t file = 0;  ///< index into Sources
    std::uint32_t line = 0, column = 0;
    std::uint32_t width = 0;  ///< characters; 0: to be shown as one

    bool operator==(Place const&) const = default;
};

/// The files a topology was read from, the main one first.
class Sources {
public:
    /// The index of the new file.
    std::uint16_t add(std::string name, std::string text);
    [[nodiscard]] std::string const& name(std::uint16_t file) const { return files_.at(file).name; }
    [[nodiscard]] std::string const& text(std::uint16_t file) const { return files_.at(file).text; }
    [[nodiscard]] std::size_t size() const { return files_.size(); }
    /// Line `line` (from 1) without its end; empty where there is none.
    [[nodiscard]] std::string_view line(std::uint16_t file, std::uint32_t line) const;
    /// "branch.vethwork.yaml:8", empty for nowhere.
    [[nodiscard]] std::string locate(Place const& place) const;

private:
    struct File {
        std::string name, text;
        std::vector<std::size_t> lines;  ///< where each begins
    };
    std::vector<File> files_;
};

enum class Severity : std::uint8_t { error, warning };

struct Complaint {
    Severity severity = Severity::error;
    std::string code;  ///< "E207"
    std::string file;
    Place place;
    std::string message;
    std::string hint;    ///< may be empty
    std::string source;  ///< the line complained of, empty where there is none

    /// Several lines, each with its end; as above.
    [[nodiscard]] std::string to_text() const;

    bool operator==(Complaint const&) const = default;
};

/// Gathers complaints: at most 20 errors, each once however often a template is used.
class Complaints {
public:
    static constexpr std::size_t most = 20;

    explicit Complaints(Sources const& sources) : sources_(&sources) {}

    void error(std::string_view code, Place const& place, std::string message, std::string hint = {});
    void warning(std::string_view code, Place const& place, std::string message, std::string hint = {});
    [[nodiscard]] bool any_error() const { return errors_ > 0; }
    /// In the order of the file.
    [[nodiscard]] std::vector<Complaint> take();

private:
    void add(Complaint complaint);

    Sources const* sources_;
    std::vector<Complaint> complaints_;
    std::set<std::string> seen_;
    std::size_t errors_ = 0, warnings_ = 0;
};

/// "did you mean 'x'?", or nothing where no candidate is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::vector<std::string_view> const& candidates);
/// "a, b and c"; "or" instead of "and" when asked. At most 24, then "…".
[[nodiscard]] std::string enumerate(std::vector<std::string_view> const& words,
                                    std::string_view last = "and");
/// Characters of UTF-8 text.
[[nodiscard]] std::uint32_t count_characters(std::string_view text);

}  // namespace vethwork::topology
