#include <vethwork/netlink/nft_trouble.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nftables.hpp>

namespace vethwork::netlink {

namespace {

bool skip(std::string_view& text, std::string_view what) {
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

std::optional<std::uint32_t> take_number(std::string_view& text) {
    std::uint32_t number = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// ":3:5-9: " or ":3:5: " behind a file's name.
std::optional<NftTrouble> take_place(std::string_view& text) {
    NftTrouble trouble;
    if (!skip(text, ":")) return {};
    auto const line = take_number(text);
    if (!line || !skip(text, ":")) return {};
    auto const column = take_number(text);
    if (!column || *column == 0) return {};
    trouble.line = *line, trouble.column = *column;
    if (skip(text, "-"))
        if (auto const last = take_number(text); last && *last >= *column)
            trouble.width = *last - *column + 1;
    if (!skip(text, ":")) return {};
    skip(text, " ");
    return trouble;
}

/// Behind "Error: ", wherever it stands: "other.nft:1:2-3: Error: x" is told with its file.
std::string message_of(std::string_view line) {
    constexpr std::string_view mark = "Error: ";
    auto const at = line.find(mark);
    auto message = std::string(line.substr(at + mark.size()));
    return at == 0 ? message : std::string(line.substr(0, at)) + message;
}

/// A syntax error behind another one mostly follows from it, and so does a second one at the same place.
void keep(std::vector<NftTrouble>& troubles, NftTrouble trouble) {
    auto const is_syntax = [](NftTrouble const& one) {
        return one.message.find("syntax error") != std::string::npos;
    };
    bool const follows = std::ranges::any_of(troubles, [&](NftTrouble const& before) {
        return (is_syntax(before) && is_syntax(trouble)) ||
               (trouble.line != 0 && before.line == trouble.line && before.column == trouble.column);
    });
    if (!follows) troubles.push_back(std::move(trouble));
}

}  // namespace

std::vector<NftTrouble> read_nft_troubles(std::string_view said, std::string_view name) {
    constexpr std::string_view included = "In file included from ";
    std::vector<NftTrouble> troubles;
    std::optional<NftTrouble> around;  // where a file is included that the next lines are about
    for (auto rest : split(said, '\n')) {
        bool const from = skip(rest, included);
        if (skip(rest, name)) {
            auto place = take_place(rest);
            if (!place) continue;
            if (from) {
                around = std::move(place);
            } else if (rest.starts_with("Error: ")) {
                place->message = message_of(rest);
                keep(troubles, *std::move(place));
            }
        } else if (rest.find("Error: ") != std::string_view::npos &&
                   (around || rest.starts_with("Error: "))) {
            auto trouble = around.value_or(NftTrouble{});
            trouble.message = message_of(rest);
            keep(troubles, std::move(trouble));
            around.reset();
        }
    }
    return troubles;
}

namespace {

/// Text that can be opened by a path as long as this is: in memory, or where /proc is not this process's own
/// (in another's pid namespace) a file in /tmp.
class OpenText {
public:
    static Result<OpenText> make(std::string const& text) {
        OpenText open;
        open.file_ = Fd(::memfd_create("ruleset", MFD_CLOEXEC));
        if (!open.file_.is_open()) return system_error("make a file in memory");
        open.path_ = fmt::format("/proc/self/fd/{}", open.file_.get());
        if (::access(open.path_.c_str(), R_OK) != 0) {
            open.path_ = "/tmp/vethwork-nft-XXXXXX";
            open.file_ = Fd(::mkostemp(open.path_.data(), O_CLOEXEC));
            if (!open.file_.is_open()) return system_error("make a file in /tmp");
            open.is_in_folder_ = true;
        }
        TRY(write_all(open.file_.get(), text));
        return open;
    }
    OpenText(OpenText&& other) noexcept
        : file_(std::move(other.file_)),
          path_(std::move(other.path_)),
          is_in_folder_(std::exchange(other.is_in_folder_, false)) {}
    OpenText& operator=(OpenText&&) = delete;
    ~OpenText() {
        if (is_in_folder_) ::unlink(path_.c_str());
    }

    [[nodiscard]] std::string const& path() const { return path_; }

private:
    OpenText() = default;

    Fd file_;
    std::string path_;
    bool is_in_folder_ = false;
};

}  // namespace

Result<std::vector<NftTrouble>> try_nft(std::string const& text) {
    auto const open = TRY(OpenText::make(text));
    auto const& path = open.path();
    auto const loaded = run_nft_file(path);
    if (loaded) return std::vector<NftTrouble>{};
    if (loaded.error().fault != Fault::kernel) return loaded.error();
    auto troubles = read_nft_troubles(loaded.error().kernel_text, path);
    if (troubles.empty()) troubles.push_back({.message = loaded.error().kernel_text});
    return troubles;
}

}  // namespace vethwork::netlink
