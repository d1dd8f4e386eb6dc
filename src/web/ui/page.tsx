import { Fragment, useEffect, useLayoutEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import "./page.css";

export type Crumb = { readonly label: string; readonly to?: string };

export type PageProps = {
  /** The heading, as text, for the document's title. */
  readonly title: string;
  /** The heading as it is shown, when it is more than text. */
  readonly heading?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  /** Under the heading: ids, dates, states. */
  readonly meta?: ReactNode;
  /** At the right: the next action, with its consequence in words. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
  readonly look?: "usual" | "front-door" | "sign-in";
};

/** Where the reader was; undefined = nowhere yet, and the focus is left where the browser puts it. */
let lastPath: string | undefined;
/** True while a heading that had the focus has gone and the next has not come. */
let isFocusHandedOn = false;

/**
 * A page: its title, crumbs, heading and what follows. The heading takes the focus when one comes from another page,
 * and keeps it when what was being read arrives.
 */
export function Page({ title, heading = title, crumbs, meta, action, children, look = "usual" }: PageProps) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = title === "Sluice" ? title : `${title} · Sluice`;
  }, [title]);
  useEffect(() => {
    if (lastPath !== undefined && lastPath !== pathname) headingRef.current?.focus({ preventScroll: true });
    lastPath = pathname;
  }, [pathname]);
  useLayoutEffect(() => {
    const heading = headingRef.current;
    if (isFocusHandedOn) heading?.focus({ preventScroll: true });
    isFocusHandedOn = false;
    return () => {
      isFocusHandedOn = heading !== null && document.activeElement === heading;
    };
  }, []);
  const h1 = (
    <h1 ref={headingRef} tabIndex={-1}>
      {heading}
    </h1>
  );
  if (look !== "usual") {
    return (
      <>
        <div className={`${look}-head`}>
          <div>
            {h1}
            {meta}
          </div>
          {action}
        </div>
        {children}
      </>
    );
  }
  return (
    <>
      {crumbs === undefined ? null : (
        <nav className="crumbs" aria-label="Breadcrumb">
          {crumbs.map((crumb, index) => (
            <Fragment key={crumb.label}>
              {index === 0 ? null : <span aria-hidden="true">/</span>}
              {crumb.to === undefined ? <span>{crumb.label}</span> : <Link to={crumb.to}>{crumb.label}</Link>}
            </Fragment>
          ))}
        </nav>
      )}
      <div className={`page-head${crumbs === undefined ? " page-head-bare" : ""}`}>
        <div className="page-title">
          {h1}
          {meta === undefined ? null : <div className="page-meta">{meta}</div>}
        </div>
        {action === undefined ? null : <div className="page-action">{action}</div>}
      </div>
      {children}
    </>
  );
}
