/** The plum box: what hosts, co-hosts and producers say among themselves, and nobody else reads. */

import * as conversations from "../conversations.js";
import { t } from "../messages.js";
import { html, nothing } from "../vendor/lit.js";
import "./conversation_view.js";
import { PanelElement } from "./element.js";
import { icon } from "./parts.js";

export class HostsBox extends PanelElement {
  render() {
    const { correspondence } = this.panel;
    const found = conversations.backchannel(correspondence.held, this.state.session.id);
    if (!found) return nothing;
    const names = found.members.map(({ name }) => name).join(", ");
    return html`<section class="hostsbox" aria-labelledby="hosts-title">
      <header class="cap">
        <h2 id="hosts-title">${icon("lock")} ${t("hosts.title", { count: found.member_count })}</h2>
        <p class="names" title=${names} dir="auto">${names}</p>
      </header>
      <conversation-view .panel=${this.panel} .conversationId=${found.id} .wording=${WORDING}></conversation-view>
    </section>`;
  }
}

const WORDING = {
  list: t("hosts.list"),
  audience: html`${icon("lock")} ${t("hosts.audience")}`,
  label: t("hosts.composer"),
  placeholder: t("hosts.placeholder"),
  hasCommands: true,
  emptyTitle: t("hosts.empty_title"),
  empty: t("hosts.empty"),
  opening: t("hosts.opening"),
};

customElements.define("hosts-box", HostsBox);
