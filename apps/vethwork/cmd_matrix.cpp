// vethwork matrix: which nodes reach which, all pairs, and what is wrong where they do not.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/matrix.hpp>
#include <vethwork/lab/limits.hpp>
#include <vethwork/report/matrix_text.hpp>
#include <vethwork/report/node_name.hpp>
#include <vethwork/topology/decode.hpp>

#include "lab/context.hpp"
#include "why_scope.hpp"

namespace vethwork::app {

namespace {

constexpr int all_reach = 0, some_fail = 1, undecided = 3;

struct Wish {
    WhyScope scope;
    std::vector<std::string> words;
    bool json = false, quiet = false;
};

struct Question {
    std::string selector = "all";
    diagnose::ProtocolAndPort protocol;
};

Result<Question> read_words(std::vector<std::string> const& words) {
    Question question;
    for (auto const& word : words) {
        auto const protocol = diagnose::parse_protocol(word);
        if (protocol)
            question.protocol = *protocol;
        else if (&word == words.data())
            question.selector = word;
        else
            return usage_error(fmt::format("\"{}\" is no protocol", word), "icmp, tcp:PORT or udp:PORT");
    }
    return question;
}

/// Names and patterns, with or without the prefix.
Result<std::vector<std::string>> select_sites(diagnose::Sites& sites, std::string const& selector,
                                              WhyScope const& scope) {
    std::vector<bool> chosen(sites.all().size());
    for (auto const part : split(selector, ',')) {
        bool matched = part == "all";
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            auto const& name = sites.all()[i]->name();
            if (part != "all" && !topology::matches_pattern(name, part) &&
                !topology::matches_pattern(report::node_name(name, scope.prefix), part))
                continue;
            matched = chosen[i] = true;
        }
        if (!matched)
            return lookup_error(fmt::format("no namespace's name is like \"{}\"", part),
                                "a name, a pattern as pc*, or several with commas between");
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i]) names.push_back(sites.all()[i]->name());
    return names;
}

/// A node's address as it is, or else as its lab's file wants it; nothing where it has none to have.
std::optional<IpAddress> address_of(diagnose::Sites& sites, std::string const& netns, WhyScope const& scope,
                                    topology::NetworkState const& wanted) {
    if (auto const address = find_destination(sites, netns, scope)) return *address;
    auto const* const state = wanted.find(report::node_name(netns, scope.prefix));
    if (!state) return {};
    for (auto const& address : state->addresses)
        if (address.local && !address.local->is_loopback() && !address.local->is_link_local())
            return address.local;
    return {};
}

struct Chosen {
    std::vector<diagnose::MatrixNode> nodes;
    std::vector<std::string> left_out;
};

OrStatus<Chosen> choose_nodes(diagnose::Sites& sites, std::string const& selector, WhyScope const& scope) {
    std::vector<std::string> names;
    topology::NetworkState wanted;
    if (scope.record) {
        auto const loaded = load_record(*scope.record, {}, "matrix");
        if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
        auto const& lab = std::get<LoadedLab>(loaded);
        auto const selected = select_nodes(lab.lab, selector, "matrix");
        if (auto const* const ended = std::get_if<int>(&selected)) return *ended;
        for (auto const& node : std::get<std::vector<std::string>>(selected))
            names.push_back(scope.prefix + node);
        wanted = lab.state;
    } else {
        auto selected = select_sites(sites, selector, scope);
        if (!selected) return complain_of_lab("matrix", selected.error());
        names = std::move(*selected);
    }
    Chosen chosen;
    for (auto const& name : names) {
        auto const address = address_of(sites, name, scope, wanted);
        if (address && sites.find(name))
            chosen.nodes.push_back({name, *address});
        else
            chosen.left_out.push_back(report::node_name(name, scope.prefix));
    }
    return chosen;
}

std::size_t terminal_width() {
    winsize size{};
    bool const known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : report::MatrixStyle{}.width;
}

/// Says on a terminal how far it is, once it takes long, and takes it back at the end.
class Progress {
public:
    explicit Progress(bool quiet) : shows_(!quiet && ::isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (said_) fmt::print(stderr, "\r\033[K");
    }
    void operator()(std::size_t done, std::size_t of) {
        using namespace std::chrono_literals;
        auto const now = std::chrono::steady_clock::now();
        if (!shows_ || now - began_ < 1s || now - last_ < 200ms) return;
        last_ = now;
        said_ = true;
        fmt::print(stderr, "\r{} of {} pairs", done, of);
        std::fflush(stderr);
    }

private:
    bool shows_, said_ = false;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), last_{};
};

Result<diagnose::Matrix> fill(diagnose::Sites& sites, Chosen& chosen, Question const& question, bool quiet) {
    lab::raise_descriptor_limit();  // every probe on its way holds one, and so does every namespace
    Progress progress(quiet);
    diagnose::MatrixOptions options{.protocol = question.protocol};
    options.progress = [&progress](std::size_t done, std::size_t of) { progress(done, of); };
    return diagnose::matrix(sites, std::move(chosen.nodes), options);
}

Result<int> ask_all(Wish& wish) {
    auto const question = TRY(read_words(wish.words));
    diagnose::Sites sites;
    wish.scope.children = lab::Children::stay_outside;
    TRY(open_scope(sites, wish.scope));
    auto chosen_or = choose_nodes(sites, question.selector, wish.scope);
    if (std::holds_alternative<int>(chosen_or)) return undecided;
    auto& chosen = std::get<Chosen>(chosen_or);
    if (chosen.nodes.size() < 2)
        return lookup_error("there are no two nodes that have addresses",
                            "`vethwork ls` and `vethwork ip netns` list what there is");
    if (!wish.quiet && !chosen.left_out.empty())
        fmt::print(stderr, "left out, without an address: {}\n", join(chosen.left_out, ", "));
    auto const matrix = TRY(fill(sites, chosen, question, wish.quiet));
    report::MatrixStyle const style{wish.scope.prefix, terminal_width()};
    fmt::print("{}", wish.json ? report::matrix_json(matrix) + "\n" : report::matrix_text(matrix, style));
    return matrix.all_reached() ? all_reach : some_fail;
}

}  // namespace

int run_matrix(Invocation const& invocation) {
    OptionSet app(
        "Which nodes reach which: a probe for every pair, and for those that fail the question why, with "
        "each "
        "answer once.",
        "vethwork matrix");
    Wish wish;
    app.add_option(
           "WORDS", wish.words,
           "[SELECTOR] [icmp|tcp:PORT|udp:PORT]: which nodes (all; pc*, a,b,c, of a lab also tag:TAG), and "
           "what to send")
        .at_most(2);
    bind_scope_options(app, wish.scope);
    app.add_flag("-j,--json", wish.json, "one JSON object");
    app.add_flag("-q,--quiet", wish.quiet, "the table and nothing else");
    app.footer("Exit status: 0 all reach each other; 1 some do not; 3 bad usage.");
    if (auto const ended = parse_words(app, invocation, "matrix")) return *ended == 0 ? 0 : undecided;
    auto const status = ask_all(wish);
    if (status) return *status;
    complain("matrix", status.error());
    return undecided;
}

}  // namespace vethwork::app
