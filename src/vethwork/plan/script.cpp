#include <vethwork/plan/script.hpp>

namespace vethwork::plan {

namespace {

constexpr std::size_t comment_column = 70;

std::string quoted(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) text += " " + shell_quote(word);
    return text;
}

/// How a command gets into a namespace: `ip -n NAME`, and before programs that know no names the rest.
struct Entrance {
    std::string named;   ///< " -n NAME", or empty
    std::string before;  ///< "nsenter --net=PATH ", or empty
    std::string inside;  ///< of programs that know no names
};

Entrance entrance_of(topology::NamespaceState const* netns, std::string const& name) {
    if (netns && netns->outside && netns->path.empty()) return {};
    std::string_view path = netns ? std::string_view(netns->path) : std::string_view();
    if (path.starts_with("/var")) path.remove_prefix(4);
    constexpr std::string_view folder = "/run/netns/";
    if (!path.empty() && (!path.starts_with(folder) || path.find('/', folder.size()) != path.npos)) {
        auto const enter = "nsenter " + shell_quote("--net=" + netns->path) + " ";
        return {.named = {}, .before = enter, .inside = enter};
    }
    auto const word = shell_quote(path.empty() ? name : std::string(path.substr(folder.size())));
    return {.named = " -n " + word, .before = {}, .inside = "ip netns exec " + word + " "};
}

/// The same operation with the names that namespaces have outside: those of a link's ends.
Operation renamed(Operation operation, ScriptStyle const& style) {
    auto const rename = [&style](topology::Link& link) {
        if (link.netns) link.netns->name = style.prefix + link.netns->name;
    };
    if (auto* const add = std::get_if<AddLink>(&operation)) {
        rename(add->link);
        if (auto* const veth = std::get_if<topology::Veth>(&add->link.kind))
            for (auto& peer : veth->peer) rename(peer);
    }
    if (auto* const add = std::get_if<AddNamespace>(&operation)) add->name = style.prefix + add->name;
    if (auto* const end = std::get_if<DeleteNamespace>(&operation)) end->name = style.prefix + end->name;
    return operation;
}

bool is_namespace_operation(Operation const& operation) {
    return std::holds_alternative<AddNamespace>(operation) ||
           std::holds_alternative<DeleteNamespace>(operation);
}

bool is_qdisc_operation(Operation const& operation) {
    return std::holds_alternative<AddQdisc>(operation) || std::holds_alternative<ChangeQdisc>(operation) ||
           std::holds_alternative<DeleteQdisc>(operation);
}

/// ":12  the line  (why)"; the name of the file before it where it is another one.
std::string origin_of(Step const& step, topology::NetworkState const& wanted, ScriptStyle const& style) {
    auto const found = wanted.origins.find(step.key);
    if (found == wanted.origins.end()) return {};
    auto const& origin = found->second;
    if (origin.line == 0) return origin.reason;
    bool const own = style.file.empty() || origin.file == style.file;
    std::string text = (own ? "" : origin.file) + ":" + std::to_string(origin.line);
    if (own && origin.line <= style.lines.size()) text += "  " + quoted_line(style.lines[origin.line - 1]);
    if (!origin.reason.empty()) text += "  (" + origin.reason + ")";
    return text;
}

}  // namespace

std::string quoted_line(std::string_view line) {
    constexpr std::size_t most = 72;
    auto const text = trim(line);
    if (text.size() <= most) return std::string(text);
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "…";
}

std::string command_of(Step const& step, topology::NetworkState const& wanted, ScriptStyle const& style) {
    auto const [named, before, inside] = entrance_of(wanted.find(step.netns), style.prefix + step.netns);
    if (auto const* const sysctl = std::get_if<SetSysctl>(&step.operation))
        return inside + "sysctl" + quoted(sysctl->words());
    if (auto const* const ruleset = std::get_if<LoadRuleset>(&step.operation))
        return inside + "nft -f - <<'END_OF_RULESET'\n" + ruleset->text +
               (ruleset->text.ends_with('\n') ? "" : "\n") + "END_OF_RULESET";
    if (auto const* const offload = std::get_if<SetOffload>(&step.operation))
        return inside + "ethtool" + quoted(offload->words());
    if (std::holds_alternative<PutBridgeVlan>(step.operation) ||
        std::holds_alternative<DeleteBridgeVlan>(step.operation))
        return before + "bridge" + named + quoted(words_of(step.operation));
    if (is_qdisc_operation(step.operation)) return before + "tc" + named + quoted(words_of(step.operation));
    auto const words = quoted(words_of(renamed(step.operation, style)));
    if (is_namespace_operation(step.operation)) return "ip" + words;
    return before + "ip" + named + words;
}

std::string script_of(Plan const& plan, topology::NetworkState const& wanted, ScriptStyle const& style) {
    std::string script = "#!/bin/sh\n";
    if (!style.file.empty())
        script += "# The lab of " + style.file + "; behind each command the line that asks for it.\n";
    script += "set -e\n";
    for (auto const& step : plan.steps) {
        auto command = command_of(step, wanted, style);
        auto const origin = origin_of(step, wanted, style);
        bool const one_line = command.find('\n') == std::string::npos;
        if (!origin.empty() && !one_line) script += "# " + origin + "\n";
        if (!origin.empty() && one_line) {
            command.resize(std::max(command.size() + 1, comment_column), ' ');
            command += "# " + origin;
        }
        script += command + "\n";
    }
    return script;
}

}  // namespace vethwork::plan
